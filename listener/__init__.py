"""A social listening and mention monitor that a person can run on one small machine and trust."""

__version__ = "0.1.0"
