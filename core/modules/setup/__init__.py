"""Set-up files: what an organisation has set up for its modules, as one TOML file. No people, no secrets."""
