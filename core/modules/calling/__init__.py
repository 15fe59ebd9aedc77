"""How hooks are called: whom to ask, behind which guard, with which database session."""
