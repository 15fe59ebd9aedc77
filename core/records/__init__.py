"""Record descriptions, and what is built from them: list, form, detail."""
