"""The company we listen for, and what tells its own words from those of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Where a client speaks itself: hosts (`mills.example` covers its subdomains) and handles by kind of place."""

    sites: tuple[str, ...] = ()
    handles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What tells a client with an ambiguous name from others of that name, each entry one term of the query language.

    A text counts where one of `any_of` stands (or there are none) and none of `none_of` does.
    """

    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """What is complaint, praise or neither of this client in particular, each entry one term of the query language."""

    negative: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of one watch list. `id` keeps its history over a rename; `query` is the text of its query, without its context."""

    id: str
    name: str
    watch_list: str
    query: str
    aliases: tuple[str, ...] = ()
    context: Context = field(default_factory=Context)
    owner: str | None = None
    own: Own = field(default_factory=Own)
    cues: Cues = field(default_factory=Cues)

    @property
    def audiences(self) -> tuple[str, str]:
        """Whose hearing is this client's: that of its list, and its own."""
        return f"list:{self.watch_list}", f"client:{self.id}"

    @property
    def asked(self) -> str:
        """Query and context as one text, equal for clients that are asked the same; without a context the query itself."""
        wanted = " OR ".join(sorted(self.context.any_of))
        groups = [f"({self.query})"] + ([f"({wanted})"] if wanted else [])
        groups += [f"NOT ({term})" for term in sorted(self.context.none_of)]
        return " ".join(groups) if groups[1:] else self.query

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that stands for the client in a text: its name, its aliases, its handles with an @."""
        handles = tuple("@" + handle.lstrip("@") for handle in self.own.handles.values())
        return (self.name, *self.aliases, *dict.fromkeys(handles))
