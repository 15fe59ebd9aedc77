"""The one gate: where a module is on, and what holds a module back everywhere."""
