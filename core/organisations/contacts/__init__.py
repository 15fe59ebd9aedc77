"""Whom to ask at an organisation: contact persons with their days."""
