"""What an expert keeps for oneself under `/me`: nobody on the staff sees it anywhere."""
