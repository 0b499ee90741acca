"""What a connector declares and what it may raise. The engine does the rest (docs/house.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from listener.connector.inbox import Inbox, Mails
from listener.domain.found import Found, Refused
from listener.domain.meter import Meter
from listener.domain.query import Query

JSON = Any
"""What survives `json.dumps`: a cursor is opaque to all but its connector."""

T = TypeVar("T")


class Trouble(Exception):  # noqa: N818 - the three below are outcomes of a poll, named as such
    """A poll that could not be finished. Its text is a sentence for a person and names the remedy."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryLater(Trouble):
    """The place cannot answer now. `after` is how long it asked us to wait, if it said."""

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class UsedUp(TryLater):
    """A budget has no more before `after`: told at once where that is long, and again when there is more.

    `account` names what is used up, the same for all sources that share it, so that it is told once for all of them.
    `forbidden` says that it is the place's own count: no command asks earlier.
    """

    def __init__(self, reason: str, *, after: timedelta, account: str = "", forbidden: bool = True) -> None:
        super().__init__(reason, after=after)
        self.account = account
        self.forbidden = forbidden


class NeedsAttention(Trouble):
    """It will not work until a person changes something; it is still tried, seldom."""


class Gone(Trouble):
    """The place says that this is gone for good (410)."""


class OptionsModel(BaseModel):
    """Base of every options class: frozen, and an unknown key is a mistake that is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KeyedOptions(OptionsModel):
    """Base of options that hold a key. Limits and budgets are counted by its name, so that a new key forgets none of them."""

    credential: str = Field(
        default="",
        description="A name of your own for the key, where you use more than one at this place: limits and budgets are counted by it.",
        pattern=r"^[\w.-]*$",
    )


O = TypeVar("O", bound=OptionsModel)  # noqa: E741 - O for options, as T for a type


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one response yielded, and the cursor to keep once all of it is stored.

    `truncated` says that a page limit stopped the reading: the cursor resumes where it stopped. `gone` are external ids, in this
    scope, of items that the place says were deleted or hidden by their author: what is stored of them is erased.
    `shown` is for places that show their newest items and nothing older: how many they showed, known ones included, so that
    they are asked again before all of these are new.
    `gone_authors` are the keys of authors whose accounts are gone: the same of all that is stored of them in this kind (its family).
    """

    found: tuple[Found, ...] = ()
    cursor: JSON = None
    refused: tuple[Refused, ...] = ()
    truncated: bool = False
    gone: tuple[str, ...] = ()
    shown: int | None = None
    gone_authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Generic[O]):
    """One search to poll at a place, and the ids of the clients whose queries it covers.

    `widened` says for each of them, in sentences, what of its query the place is not asked and our matcher sees to.
    """

    options: O
    clients: tuple[str, ...]
    widened: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Answer(Protocol):
    """What came back: a 200, `unchanged`, or a status that the connector said it reads itself."""

    @property
    def status(self) -> int:
        """The HTTP status; 304 where unchanged."""
        ...

    @property
    def url(self) -> str:
        """Where the answer came from, after redirects."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in lower case."""
        ...

    @property
    def body(self) -> bytes:
        """Decompressed, within the size cap; empty where unchanged."""
        ...

    @property
    def unchanged(self) -> bool:
        """True for 304, and for a body whose bytes are those of the last stored poll."""
        ...

    def json(self) -> JSON:
        """The body as JSON; TryLater where it is none."""
        ...


class Web(Protocol):
    """Requests to a place. Statuses other than 200 and 304 arrive as Trouble, told in a sentence.

    Spacing, Retry-After, deadline and size cap are seen to, and so are the spellings in which places say how much is left
    (domain/limits.py): what a `meter` has none of is not asked for again before it resets. Headers stay with the origin that they
    are meant for. `reads` are statuses whose answer the connector reads itself (an error in the body that says which one).
    """

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        accept: str | None = None,
        conditional: bool = True,
        headers: Mapping[str, str] | None = None,
        reads: Collection[int] = (),
        meter: str | None = None,
    ) -> Answer:
        """Fetch a feed or an API. `conditional=False` for answers that differ in every byte each time.

        Validators (ETag and the like) are kept with the page that they came with, so that what was not stored is fetched again.
        """
        ...

    def post(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: JSON = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        reads: Collection[int] = (),
        meter: str | None = None,
    ) -> Answer:
        """Send JSON, or a form: for tokens, sessions and GraphQL. Never followed over a redirect."""
        ...

    def stream(
        self,
        url: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        for_s: float,
    ) -> Generator[bytes, None, None]:
        """Listen to a WebSocket (wss://…) for so long at the most; its messages, each of a megabyte at the most.

        An empty one says that none has come for some seconds. It ends when the time is over or the place has ended it in good
        order; TryLater where it breaks off. Close it (contextlib.closing) to hang up before.
        """
        ...

    def page(self, url: str, *, conditional: bool = True) -> Answer:
        """Fetch a page made for people, where its robots.txt lets us; NeedsAttention with the rule where it does not."""
        ...

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of this origin names."""
        ...

    def pace(self, url: str, every: timedelta) -> None:
        """Leave at least so much time between requests to this host, whoever makes them: what the place asks of everybody."""
        ...


class Purse(Protocol):
    """What a credential may spend, and what it is remembered by. Kept in the database at once, so that a crash forgets none of it."""

    def reserve(self, meter: str, amount: float = 1.0) -> None:
        """Take so much of a budget before asking. Raises TryLater with the time when there is more.

        A part of each budget is kept for clients with an open incident; the rest is spread over its period.
        """
        ...

    def settle(self, meter: str, spent: float) -> None:
        """What the last reservation of this poll really cost, more or less; without it the whole is spent."""
        ...

    def told(self, meter: str, *, left: float | None, resets_at: datetime | None) -> None:
        """What a body says is left (headers are read by themselves)."""
        ...

    def recall(self, name: str) -> JSON:
        """What was remembered last under this name for this credential, or None: a session, a token, a spelling that worked."""
        ...

    def remember(self, name: str, value: JSON) -> None:
        """Keep it at once, apart from any page; None forgets it."""
        ...


class Http(Web, Purse, Inbox, Mails, Protocol):
    """The only way out that a connector has."""

    @property
    def now(self) -> datetime:
        """When this poll began: the only clock a connector has."""
        ...

    @property
    def fresh(self) -> bool:
        """True while a client is new here: what was shown before is yielded again, for nobody has held it against its query."""
        ...

    def apart(self, work: Callable[..., T], *args: object) -> T:
        """Run a pure, importable function over untrusted bytes in a killable child with limits of time and memory.

        Arguments and result are pickled. Raises TryLater where the child had to be killed, else what `work` raised. What is marked
        with `reads_json` reads a small answer at once instead (at_once.py).
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """What a place says now of items that are stored: those that are gone, and those as they read now."""

    gone: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()


Needs = Literal["nothing", "a key", "the client's consent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector(Generic[O]):
    """A kind of place, declared.

    kind            its name in the configuration, and the file's
    summary         one line, for help and docs
    options         a frozen pydantic model; every field has a description (docs and error texts are made from them)
    scope           what makes two sources the same target, e.g. the feed's URL; never a secret
    place           within what an external id names one item, whichever source brings it (an instance); the scope where None
    family          the kind under which items and authors of several kinds of one network are the same; the kind where empty
    fetch           yields pages; `cursor` is the last one stored, or None at the first poll or after a new `cursor_version`
    short           the option that a bare value fills: `- rss: https://…`
    default_every   cadence where the configuration names none
    least_interval  no source of this kind is polled more often
    search          for places with a search: what to poll for these queries (client id -> query), widened where the place
                    cannot say it and never narrowed; a client of whose query nothing is left to ask is in none of them.
                    None where these options name a place that is read whole (a list, an account): then all of it is read
    own_words       what it brings from a source at a client is the client's own words, reviews and comments apart
    check           one cheap call that proves the source works; returns a sentence
    needs           what a person must have to use it
    terms           what the place's terms ask of who keeps its items, in one line
    meters          what there is only so much of, by these options: `http.reserve` and `meter=` name them
    recheck         asks what has become of stored items (external ids of one scope, 100 at the most); its terms demand it where
                    `recheck_every` says how often
    best_effort     True for a place that answers as it pleases: what it brings counts, but its silence is no evidence that nobody
                    spoke, and nobody is told when it cannot be heard
    adapts          False for what must be asked at its own cadence, however little it brings
    matched         True for what brings whatever anybody says: even among a client's own sources it is held against the query
    """

    kind: str
    summary: str
    options: type[O]
    scope: Callable[[O], str]
    fetch: Callable[[Http, O, JSON], Iterator[Page]]
    place: Callable[[O], str] | None = None
    family: str = ""
    short: str | None = None
    default_every: timedelta = timedelta(minutes=15)
    least_interval: timedelta = timedelta(minutes=5)
    cursor_version: int = 1
    search: Callable[[Mapping[str, Query], O], Sequence[Search[O]] | None] | None = None
    own_words: bool = False
    check: Callable[[Http, O], str] | None = None
    needs: Needs = "nothing"
    terms: str = ""
    meters: Callable[[O], Sequence[Meter]] | None = None
    recheck: Callable[[Http, O, Sequence[str]], Rechecked] | None = None
    recheck_every: timedelta | None = None
    best_effort: bool = False
    adapts: bool = True
    matched: bool = False


AnyConnector = Connector[Any]
