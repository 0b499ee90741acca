"""What is remembered: SQLAlchemy Core tables and one file of functions per aggregate."""
