"""Helpers for working on the product; no part of it."""
