"""Reference designs, one module each."""
