"""One row of a file or of a webhook's body as an item: the same reading for `listener try --input`, imports, folders and webhooks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Any, get_args

from listener.connector.plain import absolute, cleaned, language_tag, one_line
from listener.domain.found import Author, Form, Found

TEXTS = frozenset({"text", "title", "url", "lang", "site", "kind", "source", "handle"})
AUTHORS = frozenset({"author", "handle", "followers"})
FORMS = frozenset(get_args(Form))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM = 1e11  # a count of seconds this great is in the year 5138: it counts milliseconds
LONGEST_TEXT = 100_000
MOST_LINKS = 50

ALIASES: Mapping[str, Sequence[str]] = {
    "id": ("external_id", "guid", "uuid", "mention_id", "post_id", "review_id", "comment_id", "ticket_id"),
    "text": (
        "body", "content", "full_text", "review_text", "review", "comment", "message", "description", "snippet",
        "mention", "post",
    ),
    "title": ("headline", "subject", "review_title", "summary"),
    "url": ("link", "permalink", "post_url", "review_url", "address"),
    "author": (
        "author_name", "full_name", "name", "user", "user_name", "username", "reviewer", "customer", "from", "by",
    ),
    "handle": ("screen_name", "author_handle", "user_handle"),
    "followers": ("follower_count", "followers_count", "reach", "audience"),
    "published_at": (
        "published", "created_at", "created", "date", "datetime", "timestamp", "time", "posted_at", "review_date",
        "date_published", "updated_at",
    ),
    "rating": ("stars", "star_rating", "review_rating", "note"),
    "lang": ("language", "language_code", "locale"),
    "site": ("domain", "website", "host"),
    "links": (),
    "form": (),
    "kind": (),
    "source": (),
}  # fmt: skip
"""What a row may hold, and what exports of other programs call it; the first that is there counts."""


class Unfit(Exception):  # noqa: N818 - its text is what is said of the row
    """What is wrong with a row, as what follows its number: "has no text: write …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An item as somebody hands it in. `id` is as it came; `kind` and `source` may be empty."""

    id: str | int
    found: Found
    kind: str = ""
    source: str = ""


def known_as(columns: Sequence[str]) -> dict[str, str]:
    """Our names for those of these columns that we read: column -> name."""
    plain = {re.sub(r"[\s.\-]+", "_", column.strip().casefold()): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for name, others in ALIASES.items():
        meant = next((plain[one] for one in (name, *others) if one in plain), None)
        if meant is not None:
            found.setdefault(meant, name)
    return found


def renamed(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row under our names; what we do not read is left out, and so is what is empty."""
    names = known_as(list(data))
    return {name: data[key] for key, name in names.items() if data[key] not in (None, "")}


def nameless(data: Mapping[str, Any]) -> str:
    """What stands for the id of a row that has none: the same for the same row."""
    written = json.dumps(data, sort_keys=True, ensure_ascii=True, default=str)
    return f"row-{blake2b(written.encode(), digest_size=16).hexdigest()}"


def read(data: Mapping[str, Any]) -> Row:
    """A row under our names, with an id. Raises Unfit."""
    name = data.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise Unfit('has no id: write {"id": …, "text": …}')
    texts = {key: _text(key, value) for key, value in data.items() if key in TEXTS and value is not None}
    text, title, site = texts.get("text"), texts.get("title"), texts.get("site")
    if not text and not title:
        raise Unfit('has no text: write {"id": …, "text": …}')
    rating = _rating(data.get("rating"))
    found = Found(
        external_id=str(name),
        text=text or "",
        title=title or None,
        url=texts.get("url") or None,
        site=site if not site or "://" in site else f"https://{site}",
        author=_author(data, texts.get("handle")) if data.keys() & AUTHORS else None,
        published_at=_time(data.get("published_at")),
        language=texts.get("lang") or None,
        links=_links(data["links"]) if data.get("links") else (),
        rating=rating,
        form=_form(data.get("form"), rated=rating is not None),
    )
    return Row(
        id=_unbroken(name) if isinstance(name, str) else name,
        found=found,
        kind=texts.get("kind") or "",
        source=texts.get("source") or "",
    )


def item(data: Mapping[str, Any], *, form: Form | None = None, now: datetime) -> Found:
    """A row of anybody's making as an item that can be stored: it needs no id and no time. Raises Unfit."""
    row = renamed(data)
    if row.get("id") is None:
        row = {**row, "id": nameless(row)}
    if form is not None:
        row = {"form": form, **row}
    return _tidy(read(row).found, now)


def _tidy(found: Found, now: datetime) -> Found:
    """Without controls, with addresses that lead somewhere, and not from the future."""
    at = found.published_at
    text, title = cleaned(found.text)[:LONGEST_TEXT], one_line(found.title or "")[:1_000]
    name = one_line(found.external_id)
    if not text and not title:
        raise Unfit("has no text: write one")
    if not name:
        raise Unfit("has an id without visible characters: write another, or none")
    links = (absolute(link, "") for link in found.links[:MOST_LINKS])
    return replace(
        found,
        external_id=name if len(name) <= 500 else nameless({"id": name}),
        text=text,
        title=title or None,
        url=_address(found.url),
        site=_address(found.site),
        author=found.author and _tidy_author(found.author),
        published_at=at if at is not None and at <= now + timedelta(days=1) else None,
        language=language_tag(found.language),
        links=tuple(link for link in links if link),
    )


def _tidy_author(author: Author) -> Author | None:
    key, name, handle = (
        one_line(text)[:200] for text in (author.key, author.name or "", author.handle or "")
    )
    return replace(author, key=key, name=name or None, handle=handle or None) if key else None


def _address(written: str | None) -> str | None:
    """An address of the web, where it is one: people leave the https:// away."""
    if not written:
        return None
    bare = written.strip()
    whole = bare if "://" in bare or not re.match(r"[\w-]+(\.[\w-]+)+([/?#:]|$)", bare) else f"https://{bare}"
    link = absolute(whole, "")
    return link if link and link.startswith(("https://", "http://")) else None


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise Unfit(f"has a {key} that is no text: write it in quotes")
    return _unbroken(value)


def _unbroken(text: str) -> str:
    """The text without halves of characters, which JSON can spell and no file can hold."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8") if _is_broken(text) else text


def _is_broken(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _author(data: Mapping[str, Any], handle: str | None) -> Author | None:
    """`"author": "Ann"` or `"@ann"`, or an object with name, handle and followers; the latter two may stand beside it."""
    raw = data.get("author")
    about = raw if isinstance(raw, dict) else {"name": raw}
    name, its_handle = (_text(f"{key} of its author", about.get(key) or "") for key in ("name", "handle"))
    handle = its_handle or handle or (name if name.startswith("@") else "")
    reach = _count(about.get("followers", data.get("followers")))
    if not name and not handle and reach is None:
        return None
    return Author(
        key=handle or name, name=None if name == handle else name or None, handle=handle or None, reach=reach
    )


def _count(value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"\d{1,3}(,\d{3})*|\d{1,15}", value.strip()):
        value = int(value.replace(",", ""))
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        raise Unfit("has followers that are no number: write such as 1200")
    return int(value)


def _links(value: object) -> tuple[str, ...]:
    links = value.split() if isinstance(value, str) else value
    if not isinstance(links, list) or not all(isinstance(link, str) for link in links):
        raise Unfit('has links that are no list of addresses: write ["https://…"]')
    return tuple(_unbroken(link) for link in links)


def _form(value: object, *, rated: bool) -> Form:
    if value is None or value == "":
        return "review" if rated else "post"
    if value not in FORMS:
        raise Unfit(f"has a form {str(value)[:40]!r}: write one of {', '.join(sorted(FORMS))}")
    return value  # type: ignore[return-value]  # it is one of them


def _rating(value: object) -> float | None:
    """`4/5`, `80 %`, `★★★★☆`, a number of five stars from 1 on, or a share of 1 below it; as 0.0 to 1.0.

    On a scale of five nothing is worse than one star; other scales begin at 0.
    """
    if value is None or value == "":
        return None
    text = str(value).strip().replace(",", ".")
    try:
        rating = _share(text)
    except (ValueError, ZeroDivisionError):
        rating = -1.0
    if isinstance(value, bool) or not 0 <= rating <= 1:
        raise Unfit(f"has a rating {str(value)[:40]!r}: write such as 4/5 or 80%")
    return rating


_NUMBER = r"\d{1,3}(?:\.\d{1,6})?"
_OF = re.compile(rf"({_NUMBER})\s*(?:/|of|out of)\s*({_NUMBER})(?:\s*stars?)?", re.IGNORECASE)


def _share(text: str) -> float:
    if text.endswith("%"):
        return float(text[:-1]) / 100
    if text and not text.strip("★☆"):
        return _of(text.count("★"), len(text))
    if stated := _OF.fullmatch(text):
        return _of(float(stated[1]), float(stated[2]))
    if not re.fullmatch(_NUMBER, text):
        raise ValueError
    number = float(text)
    return number if number < 1 else _of(number, 5)


def _of(number: float, scale: float) -> float:
    return max(0.0, number - 1) / 4 if scale == 5 else number / scale


def _time(value: object) -> datetime | None:
    """ISO 8601 or as mails write it (UTC where it names no zone), or seconds or milliseconds since 1970."""
    if value is None or value == "":
        return None
    read_it: Callable[[Any], datetime] = _from_text if isinstance(value, str) else _from_number
    try:
        return read_it(value)
    except (ValueError, OverflowError, TypeError):
        raise Unfit(
            f"has a published_at {str(value)[:40]!r} that is no time: write 2026-03-01T12:00:00Z"
        ) from None


def _from_text(text: str) -> datetime:
    text = text.strip()
    if re.fullmatch(r"\d{9,14}(\.\d{1,6})?", text):
        return _from_number(float(text))
    if text[:3].isalpha():
        at = parsedate_to_datetime(text)
    else:
        at = datetime.fromisoformat(text.removesuffix(" UTC") + "Z" if text.endswith(" UTC") else text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _from_number(number: float) -> datetime:
    if isinstance(number, bool):
        raise TypeError
    return EPOCH + timedelta(seconds=number / 1000 if number >= MILLISECONDS_FROM else number)
