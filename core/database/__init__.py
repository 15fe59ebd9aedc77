"""Tables' common ground: base class, column types, engines and the one way to write."""
