"""Cues: what people say of a company beyond single words, read from files that a person can extend."""
