"""A folder of a mailbox: newsletters, Google Alerts, what people write to support@. Read only; nothing is marked or deleted."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import blake2b
from itertools import islice
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import ConfigDict, Field, SecretStr, field_validator

from listener.connector import (
    JSON,
    Author,
    Connector,
    Form,
    Found,
    Http,
    Mail,
    Mailbox,
    MailsRead,
    OptionsModel,
    Page,
    Refused,
    TryLater,
)
from listener.connector.anew import Anew
from listener.connector.plain import absolute, cleaned, links_in, one_line, plain

A_PAGE = 20
MOST_PAGES = 25
MOST_TRIES = 3
"""A mail that brings its parser down so often is set aside."""
LONGEST_HEADER = 4_000
MOST_HEADERS = 300
MOST_PARTS = 200
MOST_NAMED_PARTS = 400  # nested in one another they take the parser more time the more they are
LARGEST_PART = 500_000
LONGEST_TEXT = 100_000
MOST_RESULTS = 100
PORTS = {"tls": 993, "starttls": 143, "none": 143}
ALERTS = frozenset({"googlealerts-noreply@google.com"})
BOUNCERS = ("mailer-daemon@", "postmaster@")


class ImapOptions(OptionsModel):
    """Where the mailbox is, and who may read it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = Field(description="The IMAP server.", examples=["imap.mail.example"])
    user: str = Field(
        description="Who logs in: mostly the whole mail address.", examples=["alerts@agency.example"]
    )
    password: SecretStr = Field(
        description="The password; where the account has a second factor, an app password.",
        examples=["${MAIL_PASSWORD}"],
    )
    folder: str = Field(default="INBOX", min_length=1, description="The folder to read.")
    security: Literal["tls", "starttls", "none"] = Field(
        default="tls", description="`tls`, `starttls`, or `none` for a server on this machine."
    )
    port: int | None = Field(
        default=None, ge=1, le=65_535, description="Its port, where it is not 993 for `tls`, and else 143."
    )
    days: int = Field(default=30, ge=1, le=365, description="How many days the first poll looks back.")
    form: Form | None = Field(
        default=None,
        description="What the mails are: `post` for what people write, `article` for newsletters. Without it a mail to a list is an article.",
    )

    @field_validator("host")
    @classmethod
    def _is_a_host(cls, value: str) -> str:
        host = value.strip().removeprefix("imaps://").removeprefix("imap://").rstrip("/").casefold()
        if not re.fullmatch(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[?[0-9a-f:]+\]?", host):
            raise ValueError("this is no host: write it without a port, as in imap.mail.example")
        return host.strip("[]")

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(
            host=self.host,
            port=self.port or PORTS[self.security],
            user=self.user,
            password=self.password.get_secret_value(),
            folder=self.folder,
            security=self.security,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Up to which number the folder was read, within which validity, and how many answers of machines were passed over.

    `stuck` is a mail that brought its parser down, `tries` how often.
    """

    validity: int = 0
    after: int = 0
    skipped: int = 0
    stuck: int = 0
    tries: int = 0

    @classmethod
    def of(cls, told: Mapping[str, object]) -> Place:
        numbers = {name: told.get(name) for name in cls.__slots__}
        return cls(**{name: value for name, value in numbers.items() if isinstance(value, int)})

    def to_json(self) -> dict[str, JSON]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One mail, read. `is_automatic` for the answer of a machine: an absence, a mail that could not be delivered."""

    found: tuple[Found, ...] = ()
    refused: tuple[Refused, ...] = ()
    is_automatic: bool = False


def fetch(http: Http, options: ImapOptions, cursor: JSON) -> Iterator[Page]:
    """In the order of arrival. A folder that numbers its mails anew is read anew: what is stored already is known by its Message-ID."""
    anew = Anew.resumed(cursor, fresh=http.fresh)
    place = Place.of(anew.known)
    for number in range(1, MOST_PAGES + 1):
        mails = _mails(http, options, place)
        if place.validity not in {0, mails.validity}:
            place = Place(skipped=place.skipped)
            mails = _mails(http, options, place)
        if mails.more and mails.reached <= place.after:
            raise TryLater(f"{options.host} gives the same mails again and again: it is asked again later.")
        place = replace(place, validity=mails.validity)
        page, place, trouble = _page(http, options, mails, place)
        truncated = mails.more and number == MOST_PAGES
        yield replace(page, cursor=anew.cursor(place.to_json()), truncated=truncated)
        if trouble is not None:
            raise trouble
        if truncated:
            return
        if not mails.more:
            break
    if anew.under_way:
        yield Page(cursor=place.to_json())


def _mails(http: Http, options: ImapOptions, place: Place) -> MailsRead:
    since = None if place.after else (http.now - timedelta(days=options.days)).date()
    return http.mails(options.mailbox, after=place.after, most=A_PAGE, since=since)


def _page(
    http: Http, options: ImapOptions, mails: MailsRead, place: Place
) -> tuple[Page, Place, TryLater | None]:
    """What the mails hold, how far that is, and what brought a parser down, if one was."""
    found: list[Found] = []
    refused: list[Refused] = []
    for mail in mails.mails:
        try:
            read = http.apart(read_mail, mail, options.form, http.now)
        except TryLater as trouble:
            tries = place.tries + 1 if place.stuck == mail.number else 1
            if tries < MOST_TRIES:
                place = replace(place, after=mail.number - 1, stuck=mail.number, tries=tries)
                return Page(found=tuple(found), refused=tuple(refused)), place, trouble
            read = Read(refused=(_aside("brings its parser down", mail),))
        found += read.found
        refused += read.refused
        place = replace(place, after=mail.number, skipped=place.skipped + read.is_automatic, stuck=0, tries=0)
    place = replace(place, after=max(place.after, mails.reached))
    return Page(found=tuple(found), refused=tuple(refused)), place, None


def _aside(why: str, mail: Mail) -> Refused:
    return Refused(reason=f"Mail {mail.number} {why}.", payload=mail.body[:64_000] or b"-")


def read_mail(mail: Mail, form: Form | None, now: datetime) -> Read:
    """The items of one mail; pure."""
    try:
        return _read(mail, form, now)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as fault:
        # The standard library's parser answers some broken mails with faults of its own.
        return Read(refused=(_aside(f"cannot be read ({type(fault).__name__})", mail),))


def _read(mail: Mail, form: Form | None, now: datetime) -> Read:
    if len(re.findall(rb"content-type\s*:", mail.body, re.IGNORECASE)) > MOST_NAMED_PARTS:
        return Read(refused=(_aside("has too many parts to be a letter", mail),))
    message = BytesParser(policy=policy.default).parsebytes(mail.body)
    headers = _headers(message)
    name, address = _sender(headers)
    texts = _texts(message)
    at = _date(headers.get("date", ""), now)
    if address in ALERTS:
        found = _alert(texts.get("html", ""), at)
        told = "looks like a Google Alert and shows no result that can be read"
        return Read(found=found) if found else Read(refused=(_aside(told, mail),))
    if _is_automatic(message, headers, address):
        return Read(is_automatic=True)
    subject = one_line(_decoded("subject", headers.get("subject", "")))[:1_000]
    text = _own_words(cleaned(texts.get("plain", ""))) or plain(texts.get("html", ""))
    if not (text or subject) or not (headers.keys() & {"from", "subject", "date", "message-id"}):
        return Read(refused=(_aside("holds no text", mail),))
    to_a_list = bool(headers.keys() & {"list-id", "list-unsubscribe"})
    found_one = Found(
        external_id=one_line(headers.get("message-id", "")).strip("<> ")[:500] or _stands_for(mail.body),
        text=text[:LONGEST_TEXT],
        title=subject or None,
        author=Author(key=address, name=name or None, handle=address) if address else None,
        author_hidden=not address,
        published_at=at,
        form=form or ("article" if to_a_list else "post"),
        links=links_in(texts.get("html", ""), "") if to_a_list else (),
    )
    return Read(found=(found_one,))


def _stands_for(body: bytes) -> str:
    return f"mail-{blake2b(body, digest_size=16).hexdigest()}"


def _headers(message: Message) -> dict[str, str]:
    """As they were sent, the first of each name."""
    found: dict[str, str] = {}
    for name, value in islice(message.raw_items(), MOST_HEADERS):
        found.setdefault(name.lower(), _mended(str(value)[:LONGEST_HEADER]))
    return found


def _mended(text: str) -> str:
    """Bytes that the header may not hold, read as UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _decoded(name: str, value: str) -> str:
    try:
        return str(policy.default.header_factory(name, value))
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        return value


def _sender(headers: Mapping[str, str]) -> tuple[str, str]:
    """Name and address of who wrote it; a person is known by the address."""
    name, address = parseaddr(" ".join(headers.get("from", "").split()))
    address = one_line(address).casefold()[:300]
    return one_line(_decoded("subject", name))[:200], address if re.fullmatch(
        r"[^@\s]+@[^@\s]+", address
    ) else ""


def _date(written: str, now: datetime) -> datetime | None:
    try:
        at = parsedate_to_datetime(written)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if at.year >= 1990 and at <= now + timedelta(days=1) else None


def _is_automatic(message: Message, headers: Mapping[str, str], address: str) -> bool:
    return (
        headers.get("auto-submitted", "").strip().casefold().startswith("auto-replied")
        or headers.get("precedence", "").strip().casefold() == "auto_reply"
        or headers.get("return-path", "").strip() == "<>"
        or bool(headers.keys() & {"x-autoreply", "x-autorespond"})
        or address.startswith(BOUNCERS)
        or message.get_content_type() == "multipart/report"
    )


def _texts(message: Message) -> dict[str, str]:
    """The first plain text and the first HTML that are no attachments."""
    found: dict[str, str] = {}
    for part in islice(message.walk(), MOST_PARTS):
        kind = part.get_content_subtype()
        if part.get_content_maintype() != "text" or kind not in {"plain", "html"} or kind in found:
            continue
        if part.get_content_disposition() == "attachment" or part.get_filename():
            continue
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and body.strip():
            found[kind] = _read_as(body[:LARGEST_PART], part.get_content_charset())
    return found


def _read_as(body: bytes, charset: str | None) -> str:
    """By its charset; by UTF-8 or Windows' letters where that is none, or wrong."""
    for name in (charset or "utf-8", "utf-8"):
        try:
            return body.decode(name)
        except (LookupError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def _own_words(text: str) -> str:
    """Without what it quotes of earlier mails, and the line that says whose words those are."""
    kept: list[str] = []
    for line in text.splitlines():
        if line.startswith(">"):
            if kept and re.search(r"(wrote|schrieb|écrit|escribió|scrisse|skrev)\b.*:\s*$", kept[-1]):
                kept.pop()
            continue
        if line in {"--", "-----Original Message-----"}:  # a signature, or all of an earlier mail
            break
        kept.append(line)
    return "\n".join(kept).strip()


_ANCHOR = re.compile(
    r'<a\s[^<>]*?href="(https?://www\.google\.[a-z.]{2,10}/url\?[^"<>]+)"[^<>]*>', re.IGNORECASE
)
_DESCRIPTION = re.compile(r'itemprop="description"[^<>]*>', re.IGNORECASE)


def _alert(markup: str, at: datetime | None) -> tuple[Found, ...]:
    """Each result of a Google Alert: its page, its headline and what is shown of it."""
    anchors = list(islice(_ANCHOR.finditer(markup), 4 * MOST_RESULTS))
    titles: dict[str, str] = {}
    shown: dict[str, str] = {}
    for anchor, following in zip(anchors, [*anchors, None][1:], strict=True):
        url = _led_to(anchor[1])
        if url is None:
            continue
        closed = markup.find("</a>", anchor.end())
        title = one_line(plain(markup[anchor.end() : closed if closed >= 0 else anchor.end()]))
        titles[url] = titles.get(url) or title
        shown[url] = _snippet(markup[max(closed, anchor.end()) : following.start() if following else None])
    return tuple(
        Found(
            external_id=url if len(url) <= 500 else _stands_for(url.encode()),
            text=shown[url] or title,
            title=title[:1_000],
            url=url,
            published_at=at,
            form="article",
        )
        for url, title in islice(titles.items(), MOST_RESULTS)
        if title
    )


def _led_to(href: str) -> str | None:
    """The page that a link through Google leads to."""
    asked = parse_qs(urlsplit(html.unescape(href)).query, max_num_fields=30)
    url = (asked.get("url") or asked.get("q") or [""])[0]
    link = absolute(url, "")
    return link if link and link.startswith(("https://", "http://")) else None


def _snippet(markup: str) -> str:
    described = _DESCRIPTION.search(markup)
    if described:
        end = markup.find("</div>", described.end())
        markup = markup[described.end() : end if end >= 0 else None]
        return one_line(plain(markup))[:2_000]
    lines = [line for line in plain(markup[:20_000]).splitlines() if len(line) > 30]
    return one_line(lines[0])[:2_000] if lines else ""


def check(http: Http, options: ImapOptions) -> str:
    """Log in and look at the folder."""
    http.mails(options.mailbox, after=2**32 - 2, most=1)
    return f"The folder {options.folder} of {options.user} can be read; the first poll brings its last {options.days} days."


CONNECTOR = Connector(
    kind="imap",
    summary="A folder of a mailbox: newsletters, Google Alerts, mails to support.",
    options=ImapOptions,
    scope=lambda options: f"imap://{options.user}@{options.host}:{options.mailbox.port}/{options.folder}",
    fetch=fetch,
    default_every=timedelta(minutes=5),
    least_interval=timedelta(minutes=2),
    check=check,
    needs="a key",
    terms="Mails are personal: whose mailbox it is should agree, and what writers ask to be deleted should go.",
)
