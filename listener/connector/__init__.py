"""The SDK: all that a connector may import."""

from listener.connector.contract import (
    JSON,
    Answer,
    Connector,
    Gone,
    Http,
    NeedsAttention,
    OptionsModel,
    Page,
    Search,
    Trouble,
    TryLater,
)
from listener.domain.found import Author, Found, Refused
from listener.domain.query import Query

__all__ = [
    "JSON",
    "Answer",
    "Author",
    "Connector",
    "Found",
    "Gone",
    "Http",
    "NeedsAttention",
    "OptionsModel",
    "Page",
    "Query",
    "Refused",
    "Search",
    "Trouble",
    "TryLater",
]
