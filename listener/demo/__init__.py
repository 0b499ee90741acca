"""A small invented world on loopback, to see Listener at work without an account or a network."""
