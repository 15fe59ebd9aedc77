"""One line of migrations for the core and one for each plugin: where they are, where the database stands."""
