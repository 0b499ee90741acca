"""The optional bigger scorer: a classifier of the extra `transformers`, from files that are already here."""
