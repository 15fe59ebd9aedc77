"""Persons and accounts, memberships and roles, sign-in and sessions."""
