"""A list as a file: exactly the rows, columns and order that are seen, block by block."""
