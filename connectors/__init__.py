"""The collection: one file per kind of place; a file's name is its kind."""
