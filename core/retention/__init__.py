"""Retention: what is over its time goes by itself every night, and a report says what went."""
