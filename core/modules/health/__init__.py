"""How plugins are doing: failures noted, breakers, and requests that hang."""
