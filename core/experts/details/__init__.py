"""What the register knows of an expert beside the record itself: each in a table of its own."""
