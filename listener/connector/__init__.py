"""The SDK: all that a connector may import."""

from listener.connector.at_once import reads_json
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
from listener.connector.inbox import FileSeen, LinesRead, Mail, Mailbox, MailsRead, Posted
from listener.domain.found import Author, Form, Found, Refused
from listener.domain.meter import Meter
from listener.domain.query import Query

__all__ = [
    "JSON",
    "Answer",
    "Author",
    "Connector",
    "FileSeen",
    "Form",
    "Found",
    "Gone",
    "Http",
    "KeyedOptions",
    "LinesRead",
    "Mail",
    "Mailbox",
    "MailsRead",
    "Meter",
    "NeedsAttention",
    "OptionsModel",
    "Page",
    "Posted",
    "Query",
    "Rechecked",
    "Refused",
    "Search",
    "Trouble",
    "TryLater",
    "UsedUp",
    "reads_json",
]
