"""How single values are written: lengths of time, rates, addresses. Each reader takes the text and raises Unfit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from listener.config.mistakes import Unfit, Whole
from listener.domain.digest import Weekly
from listener.domain.planned import MORE
from listener.domain.quiet import QuietHours

MOST_TIMES = 100
"""More than so many times as much as usual nobody expects."""

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_LENGTH = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,3})?\s*(?:ms|min|[smhdw])\s*)+")
_LENGTH_PART = re.compile(r"([0-9.]+)\s*([a-z]+)")
_PER = {
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(?:per|a|/)\s*(day|week|month|year)")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]+(\S+))?")
_TIMES = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s*(?:times|x|×)|[x×]\s*([0-9]{1,3}(?:\.[0-9]{1,3})?)")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOST = r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_SITE = re.compile(_HOST)
_LISTEN = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+):([0-9]{1,5})")
_LET_IN = re.compile(rf"(?:{_HOST}|\[[0-9a-f:.]+\])(?::[0-9]{{1,5}})?|[0-9a-f:.]*:[0-9a-f:.]*")


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the page is served."""

    host: str = "127.0.0.1"
    port: int = 8080


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so long a time."""

    count: float
    per: timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and a time of it where one was written; in the time zone of the file."""

    day: date
    at: time | None = None


def duration(text: object) -> timedelta:
    """`90s`, `15m`, `1h30m`, `2 d`: more than nothing, at most ten years."""
    written = _text(text).strip().lower()
    if not _LENGTH.fullmatch(written):
        raise Unfit("is no length of time: write a number with its unit, such as 90s, 15m, 2h or 1d")
    whole = sum((float(part[1]) * _UNITS[part[2]] for part in _LENGTH_PART.finditer(written)), timedelta())
    if not timedelta() < whole <= timedelta(days=3650):
        raise Unfit("is out of range: write more than 0s and less than ten years")
    return whole


def wait(text: object) -> timedelta:
    """A length of time that may be none: `0s`."""
    return timedelta() if re.fullmatch(r"0\s*[a-z]*", _text(text).strip().lower()) else duration(text)


def spoken(length: timedelta) -> str:
    """A length of time as it is written in the file: `15m`."""
    seconds = length.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def rate(text: object) -> Rate:
    """`1 per month`, `3 a week`."""
    match = _RATE.fullmatch(_text(text).strip().lower())
    if match is None:
        raise Unfit("is no rate: write a number per day, week, month or year, such as 1 per month")
    if not float(match[1]):
        raise Unfit("would never fire: write more than 0, such as 1 per year")
    return Rate(float(match[1]), _PER[match[2]])


def time_of_day(text: object) -> time:
    """`08:00`, `8:00`."""
    written = _text(text).strip()
    match = _TIME.fullmatch(written)
    if match is None:
        raise Unfit('is no time of day: write hours and minutes, such as "08:00"')
    return time(int(match[1]), int(match[2]))


def moment(text: object) -> Moment:
    """`2026-12-01`, `2026-12-01 14:00`."""
    match = _DAY.fullmatch(_text(text).strip())
    try:
        day = date.fromisoformat(match[1]) if match else None
    except ValueError:
        day = None
    if match is None or day is None:
        raise Unfit("is no day: write such as 2026-12-01, or with a time 2026-12-01 14:00")
    return Moment(day, time_of_day(match[2]) if match[2] else None)


def expected(text: object) -> float:
    """`more`, `3 times`, `x3`: how many times as much as usual."""
    written = _text(text).strip().lower()
    if written == "more":
        return MORE
    match = _TIMES.fullmatch(written)
    factor = float(match[1] or match[2]) if match else 0.0
    if not 1 < factor <= MOST_TIMES:
        raise Unfit(
            f"is not known here: write more, or how many times as much, such as 2 times ({MOST_TIMES} at most)"
        )
    return factor


def quiet_hours(text: object) -> QuietHours:
    """`20:00-07:00`."""
    begins, _, ends = (part.strip() for part in _text(text).replace("–", "-").partition("-"))
    if not _TIME.fullmatch(begins) or not _TIME.fullmatch(ends):
        raise Unfit('are no hours: write from when until when, such as "20:00-07:00"')
    hours = QuietHours(begins=time_of_day(begins), ends=time_of_day(ends))
    if hours.begins == hours.ends:
        raise Unfit("would be quiet for ever, or never: write two different times")
    return hours


def weekly(text: object) -> Weekly:
    """`Fri 15:00`, `friday 15:00`."""
    name, _, at = _text(text).strip().partition(" ")
    day = next(
        (n for n, full in enumerate(_WEEKDAYS) if len(name) >= 3 and full.startswith(name.lower())), None
    )
    if day is None or not _TIME.fullmatch(at.strip()):
        raise Unfit("is no day and time: write such as Fri 15:00")
    return Weekly(weekday=day, at=time_of_day(at))


def people(text: object) -> int:
    """`3 people`, `1 person`, `3`."""
    return _count(
        text, r"([0-9]{1,6})(?:\s*(?:people|persons?))?", "is no number of people: write such as 3 people"
    )


def a_day(text: object) -> int:
    """`20 a day`, `20 per day`, `20`."""
    return _count(
        text, r"([0-9]{1,6})(?:\s*(?:a|per|/)\s*day)?", "is no number a day: write such as 20 a day"
    )


def listen(text: object) -> Listen:
    match = _LISTEN.fullmatch(_text(text).strip().lower())
    if match is None or int(match[2]) > 65_535:
        raise Unfit("is no address to listen on: write HOST:PORT, such as 127.0.0.1:8080")
    return Listen(match[1].strip("[]"), int(match[2]))


def public_url(text: object) -> str:
    """Where the page is reached from outside: an address without query, without a slash at its end."""
    written = _text(text).strip()
    if not _is_page(written):
        raise Unfit("is no address of a page: write such as https://listener.agency.example")
    return written.rstrip("/")


def _is_page(written: str) -> bool:
    try:
        parts = urlsplit(written)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and not (parts.query or parts.fragment or parts.username) and written.isprintable()


def let_in(text: object) -> str:
    """An entry of network.allow_private: `host` or `host:port`."""
    entry = _text(text).strip().lower()
    if not _LET_IN.fullmatch(entry):
        raise Unfit("is no host: write HOST or HOST:PORT without https:// and path, such as 127.0.0.1:8900")
    return entry


def site(text: object) -> str:
    """A host of a client; it stands for its subdomains too."""
    host = _text(text).strip().lower().removesuffix(".")
    try:
        host = host.encode("idna").decode("ascii") if host and not host.isascii() else host
    except UnicodeError:
        host = ""
    if not _SITE.fullmatch(host) or "." not in host:
        raise Unfit("is no host: write it without https:// and path, such as mills.example")
    return host


def timezone(text: object) -> ZoneInfo:
    written = _text(text)
    try:
        return ZoneInfo(str(written))
    except (OSError, LookupError, ValueError):
        raise Unfit("is no time zone: write one of the IANA names, such as Europe/Berlin or UTC") from None


def database(text: object, *, folder: Path, inline_secrets: bool) -> str:
    """The URL as SQLAlchemy takes it: a relative SQLite path becomes absolute, PostgreSQL goes through psycopg."""
    written = _text(text).strip()
    scheme, _, rest = written.partition("://")
    if scheme == "sqlite":
        return _sqlite(rest, folder)
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"} or not rest:
        raise Unfit("is no database: write sqlite:///listener.db or postgresql+psycopg://USER@HOST/NAME")
    try:
        secret = urlsplit(f"http://{rest}").password
    except ValueError:
        raise Unfit("is no database URL: write postgresql+psycopg://USER@HOST/NAME") from None
    if secret and not inline_secrets and _stands_inline(text):
        raise Whole(
            "a password stands in the file: write ${DATABASE_URL} in its place, or name a file in database_file "
            "(or set allow_inline_secrets: true)"
        )
    return f"postgresql+psycopg://{rest}"


def _sqlite(rest: str, folder: Path) -> str:
    path, mark, query = rest.partition("?")
    if not path.startswith("/") or path in {"/", "/:memory:"}:
        raise Unfit("names no file: write sqlite:///listener.db, or four slashes for a whole path")
    return f"sqlite:///{quote(str(folder / unquote(path[1:])), safe='/: ()~@,+')}{mark}{query}"


def _stands_inline(text: object) -> bool:
    return bool(getattr(text, "inline", True))


def _count(text: object, form: str, complaint: str) -> int:
    match = re.fullmatch(form, _text(text).strip().lower())
    if match is None or int(match[1]) == 0:
        raise Unfit(complaint)
    return int(match[1])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Whole("write one text here")
    return value
