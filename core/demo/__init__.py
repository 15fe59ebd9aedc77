"""The demonstration region: invented people and sums, loaded once into an empty database."""
