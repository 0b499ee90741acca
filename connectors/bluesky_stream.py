"""Bluesky's Jetstream: every public post of the network, and every deletion, held against all clients. Free, without a key.

A poll goes on from the last cursor, some seconds back, and ends when it has caught up with the time at which it began. Jetstream
plays back about 36 hours and starts silently later where more is asked for (github.com/bluesky-social/jetstream).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

import msgspec
from pydantic import Field, field_validator

from listener.connector import (
    JSON,
    Author,
    Connector,
    Found,
    Http,
    OptionsModel,
    Page,
    Rechecked,
    Refused,
    TryLater,
)
from listener.connector.atproto import NETWORK, POSTS, language, links, page_of, vanished, written_at
from listener.connector.plain import cleaned

FOR_S = 40.0
A_PAGE = 2_000
REWIND_US = 5_000_000
"""Events of several servers come nearly in order; Jetstream advises to go back some seconds."""
GAP_US = 120_000_000
"""A stream of the whole network that begins so much later than it was asked to has left something out."""
AHEAD_US = 120_000_000
"""A message cannot be later than the end of the poll; one that is would move the cursor past what is to come."""
EARLIEST_US = 1_600_000_000_000_000
LARGEST = 1_000_000
GONE = frozenset({"deleted", "takendown", "suspended", "deactivated"})


class BlueskyStreamOptions(OptionsModel):
    """One Jetstream server."""

    server: str = Field(
        default="wss://jetstream2.us-east.bsky.network/subscribe",
        description="Where the Jetstream is.",
        examples=["wss://jetstream1.us-west.bsky.network/subscribe"],
    )
    minutes: int = Field(default=10, ge=0, le=1440, description="How many minutes the first poll looks back.")

    @field_validator("server")
    @classmethod
    def _stream_address(cls, value: str) -> str:
        bare = value.strip().rstrip("/")
        for scheme, ours in (("https://", "wss://"), ("http://", "ws://")):
            if bare.startswith(scheme):
                bare = ours + bare.removeprefix(scheme)
        if "://" not in bare:
            bare = f"wss://{bare}"
        if not bare.startswith(("wss://", "ws://")) or " " in bare:
            raise ValueError("this is no address of a Jetstream: write it with wss://")
        return bare if bare.partition("://")[2].partition("/")[2] else f"{bare}/subscribe"


class Ref(msgspec.Struct, gc=False):
    uri: str = ""


class Reply(msgspec.Struct, gc=False):
    parent: Ref
    root: Ref


class Feature(msgspec.Struct, gc=False):
    uri: str = ""


class Facet(msgspec.Struct, gc=False):
    features: list[Feature] = msgspec.field(default_factory=list)


class Record(msgspec.Struct, gc=False, rename={"created": "createdAt"}):
    """What a post says. Its embed is read only where it leads somewhere."""

    text: str = ""
    created: str = ""
    langs: list[str] | None = None
    facets: list[Facet] | None = None
    embed: msgspec.Raw = msgspec.Raw()
    reply: Reply | None = None


class Commit(msgspec.Struct, gc=False):
    operation: str
    collection: str
    rkey: str
    cid: str = ""
    record: Record | None = None


class Account(msgspec.Struct, gc=False):
    active: bool = True
    status: str | None = None


class Event(msgspec.Struct, gc=False):
    did: str
    time_us: int
    kind: str
    commit: Commit | None = None
    account: Account | None = None


_event = msgspec.json.Decoder(Event).decode
_any = msgspec.json.Decoder().decode


class Batch:
    """The messages of one page, folded: what was written and then deleted is only gone."""

    def __init__(self, last_us: int, latest_us: int) -> None:
        self.last_us = last_us
        self._latest_us = latest_us
        self._clear()

    def _clear(self) -> None:
        self.count = 0
        self._found: dict[str, Found] = {}
        self._gone: dict[str, None] = {}
        self._authors: dict[str, None] = {}
        self._refused: list[Refused] = []

    def page(self, *, truncated: bool = False) -> Page:
        """All of it, and an empty batch again."""
        page = Page(
            found=tuple(self._found.values()),
            refused=tuple(self._refused),
            gone=tuple(self._gone),
            gone_authors=tuple(self._authors),
            cursor={"time_us": self.last_us},
            truncated=truncated,
        )
        self._clear()
        return page

    def add(self, message: bytes) -> int | None:
        """The time of the message; None of one that cannot be read, which is set aside."""
        self.count += 1
        try:
            event = _event(message)
            if not EARLIEST_US < event.time_us <= self._latest_us:
                self.refuse("This message of Jetstream bears a time that cannot be.", message)
                return None
            if event.commit is not None:
                self._fold(event, event.commit)
            elif event.account is not None:
                self._account(event.did, event.account)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            why = str(error).partition(" - ")[0][:80]
            self.refuse(f"This message of Jetstream cannot be read ({why}).", message)
            return None
        self.last_us = max(self.last_us, event.time_us)
        return event.time_us

    def refuse(self, reason: str, payload: bytes, external_id: str | None = None) -> None:
        self._refused.append(Refused(reason=reason, payload=payload, external_id=external_id))

    def _fold(self, event: Event, commit: Commit) -> None:
        if commit.collection != POSTS:
            return
        uri = f"at://{event.did}/{POSTS}/{commit.rkey}"
        if not (uri.isascii() and uri.isprintable() and uri.startswith("at://did:") and commit.rkey):
            raise ValueError("a post without an address")
        if commit.record is not None and commit.operation != "delete":
            self._found[uri] = _post(uri, event, commit, commit.record)
            self._gone.pop(uri, None)
        else:
            self._found.pop(uri, None)
            self._gone[uri] = None

    def _account(self, did: str, account: Account) -> None:
        if account.active or account.status not in GONE:
            self._authors.pop(did, None)
            return
        self._authors[did] = None
        for uri in [uri for uri in self._found if uri.startswith(f"at://{did}/")]:
            del self._found[uri]


def _post(uri: str, event: Event, commit: Commit, record: Record) -> Found:
    did, reply = event.did, record.reply
    seen = datetime.fromtimestamp(event.time_us / 1_000_000, UTC)
    raw: dict[str, JSON] = {"cid": commit.cid, "time_us": event.time_us}
    if reply is not None:
        raw["reply_to"] = reply.parent.uri
    return Found(
        external_id=uri,
        text=cleaned(record.text),
        url=page_of(did, commit.rkey),
        author=Author(key=did),
        published_at=written_at(record.created, seen),
        edited_at=seen if commit.operation == "update" else None,
        language=language(record.langs),
        form="post" if reply is None else "comment",
        links=_links(record),
        raw=raw,
    )


def _links(record: Record) -> tuple[str, ...]:
    """Most posts lead nowhere: their facets name people, their embeds are pictures."""
    named = [one.uri for facet in record.facets or () for one in facet.features if one.uri]
    embed = bytes(record.embed)
    if not named and b'"uri"' not in embed:
        return ()
    return links(named, _any(embed) if embed else None)


def fetch(http: Http, options: BlueskyStreamOptions, cursor: JSON) -> Iterator[Page]:
    """What was said since the cursor, up to the time at which the poll began."""
    now_us = _microseconds(http.now)
    known = cursor.get("time_us") if isinstance(cursor, Mapping) else None
    last_us = known if isinstance(known, int) else None
    since_us = _since(http, options, last_us)
    batch = Batch(since_us if last_us is None else last_us, now_us + AHEAD_US)
    began, ended = False, False
    with closing(http.stream(options.server, params=_asked(since_us), for_s=FOR_S)) as stream:
        for message in stream:
            at_us = batch.add(message) if message else None
            if at_us is not None and not began:
                began = True
                _note_gap(batch, last_us, at_us)
            if not message or (at_us is not None and at_us >= now_us):
                ended = True
                break
            if batch.count >= A_PAGE:
                yield batch.page()
    if not began and not batch.count:
        raise TryLater(
            f"{_host(options)} sent nothing, not even what was said before: it is asked again later."
        )
    yield batch.page(truncated=not ended)


def _since(http: Http, options: BlueskyStreamOptions, last_us: int | None) -> int:
    """From the cursor on, some seconds back; some minutes back where there is none, and while a client is new here."""
    first_us = _microseconds(http.now - timedelta(minutes=options.minutes))
    if last_us is None:
        return first_us
    return min(last_us - REWIND_US, first_us) if http.fresh else last_us - REWIND_US


def _asked(since_us: int) -> Sequence[tuple[str, str]]:
    return (
        ("wantedCollections", POSTS),
        ("cursor", str(since_us)),
        ("maxMessageSizeBytes", str(LARGEST)),
    )


def _note_gap(batch: Batch, last_us: int | None, at_us: int) -> None:
    """What the server no longer has is told, as an item that could not be read."""
    if last_us is None or at_us - last_us < GAP_US:
        return
    began, ended = (datetime.fromtimestamp(us / 1_000_000, UTC) for us in (last_us, at_us))
    batch.refuse(
        f"Nothing could be heard from {began:%Y-%m-%d %H:%M} to {ended:%Y-%m-%d %H:%M} UTC: "
        "Jetstream plays back some 36 hours.",
        f"{last_us}-{at_us}".encode(),
        f"gap {last_us}",
    )


def _microseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def _host(options: BlueskyStreamOptions) -> str:
    return options.server.partition("://")[2].partition("/")[0]


def check(http: Http, options: BlueskyStreamOptions) -> str:
    """Listen to one message and say how old it is."""
    since_us = _since(http, options, None)
    batch = Batch(since_us, _microseconds(http.now) + AHEAD_US)
    with closing(http.stream(options.server, params=_asked(since_us), for_s=FOR_S)) as stream:
        at_us = next((at for message in stream if message and (at := batch.add(message)) is not None), None)
    if at_us is None:
        raise TryLater(f"{_host(options)} sends nothing that can be read: it is asked again later.")
    return f"Jetstream answers, and plays back from {datetime.fromtimestamp(at_us / 1_000_000, UTC):%Y-%m-%d %H:%M} UTC on."


def recheck(http: Http, _options: BlueskyStreamOptions, ids: Sequence[str]) -> Rechecked:
    """The stream tells deletions; this finds those that fell into a gap."""
    return vanished(http, "https://public.api.bsky.app", ids)


CONNECTOR = Connector(
    kind="bluesky_stream",
    summary="Every public post on Bluesky, as it is said, and every deletion.",
    options=BlueskyStreamOptions,
    scope=lambda _: "posts",
    place=lambda _: NETWORK,
    family="bluesky",
    fetch=fetch,
    default_every=timedelta(minutes=1),
    least_interval=timedelta(seconds=15),
    check=check,
    terms="Posts may be kept; those that their authors delete must be deleted.",
    recheck=recheck,
    recheck_every=timedelta(days=7),
    adapts=False,
    matched=True,
)
