"""The checks of the contract, by what they are about. `core.testing.suite` puts them together."""
