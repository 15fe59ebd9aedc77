"""The host for plugins: discovery, hooks, the gate, lifecycle."""
