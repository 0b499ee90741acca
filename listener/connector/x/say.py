"""A term of a query in the words of X's search, which has tags and the addresses that links lead to."""

from __future__ import annotations

import unicodedata

from listener.connector.questions import with_addresses
from listener.domain.tree import Tag, Term
from listener.domain.ways import Way


def say(term: Term) -> Way | None:
    """As places with links of their own are asked, and a #tag by its sign."""
    if isinstance(term, Tag):
        name = unicodedata.normalize("NFKC", term.name).casefold()
        if name.replace("_", "a").isalnum() and not name.isdigit():  # digits alone are no tag at X
            return (f"#{name}",)
    return with_addresses(term)
