"""Dropping the data of a module, and what is left of one whose package is gone."""
