"""Bundled modules. Each is found through its entry point, like any outside package."""
