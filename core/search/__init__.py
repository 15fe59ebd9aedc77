"""Finding rows by words, within what one may see. One table of words serves both databases."""
