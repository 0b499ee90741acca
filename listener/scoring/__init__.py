"""Scorers behind the domain's Scorer."""
