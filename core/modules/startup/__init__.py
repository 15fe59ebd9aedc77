"""How plugins are found, checked, rehearsed and taken in whole, or not at all."""
