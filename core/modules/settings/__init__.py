"""What each organisation sets for a module: typed, inherited, lockable from above."""
