"""The money kernel: the only code that moves a claim. Everything it does is one short transaction."""
