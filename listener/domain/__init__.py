"""What is decided, and why: frozen facts in, decisions with reasons out. No I/O, no clock, no randomness."""
