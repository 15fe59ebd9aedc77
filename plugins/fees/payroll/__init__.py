"""Payroll's batches and their files: sealed once, the same bytes for ever."""
