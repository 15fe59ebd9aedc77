"""What a plugin is and may say: its facts, its hooks and the values they answer with."""
