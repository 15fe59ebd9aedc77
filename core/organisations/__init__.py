"""The tree of organisations, its closure, controllers and delegations."""
