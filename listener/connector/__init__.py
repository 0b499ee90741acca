"""The SDK: all that a connector may import."""

from listener.connector.contract import (
    JSON,
    Answer,
    Connector,
    Gone,
    Http,
    KeyedOptions,
    NeedsAttention,
    OptionsModel,
    Page,
    Rechecked,
    Search,
    Trouble,
    TryLater,
    UsedUp,
)
from listener.domain.found import Author, Found, Refused
from listener.domain.meter import Meter
from listener.domain.query import Query

__all__ = [
    "JSON",
    "Answer",
    "Author",
    "Connector",
    "Found",
    "Gone",
    "Http",
    "KeyedOptions",
    "Meter",
    "NeedsAttention",
    "OptionsModel",
    "Page",
    "Query",
    "Rechecked",
    "Refused",
    "Search",
    "Trouble",
    "TryLater",
    "UsedUp",
]
