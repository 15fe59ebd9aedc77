"""Switching modules on and off, for one organisation, from above or in the whole instance."""
