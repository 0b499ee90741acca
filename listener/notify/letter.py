"""A message as a mail: text and HTML, threaded by incident. Nothing that a stranger wrote can become a header or markup."""

from __future__ import annotations

from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr
from hashlib import blake2b
from html import escape

from listener.domain.message import Message, Quote
from listener.notify import shape

SUBJECT_MOST = 180  # characters
_SMTP = compat32.clone(linesep="\r\n")  # newer policies fold a subject so that its blanks double
_QUOTED = Charset("utf-8")
_QUOTED.body_encoding = QP
_STYLE = "font:15px/1.5 sans-serif;max-width:42em"
_QUIET = "color:#666;font-size:13px"


def message_id(message: Message, *, sender: str) -> str:
    """The same for an alert in every attempt, so that a mail server or a reader can tell a repeat."""
    digest = blake2b(message.id.encode(errors="backslashreplace"), digest_size=16).hexdigest()
    return f"<{digest}.listener@{sender.rpartition('@')[2]}>"


def letter(message: Message, *, sender: str, to: str, thread: str = "") -> bytes:
    """The whole mail, its lines ended as SMTP wants them. `thread` is the Message-ID of the incident's first mail."""
    own_id = message_id(message, sender=sender)
    mail = MIMEMultipart("alternative", boundary=f"=_{own_id[1:33]}_=")
    mail["Subject"] = _folded("Subject", subject(message))
    mail["From"] = formataddr(("Listener", sender))
    mail["To"] = to
    if at := shape.instant(message.at):
        mail["Date"] = format_datetime(at)
    mail["Message-ID"] = own_id
    if thread:
        mail["In-Reply-To"] = mail["References"] = thread
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers, please
    mail.attach(_part("plain", text(message)))
    mail.attach(_part("html", html(message)))
    return mail.as_bytes(policy=_SMTP)


def _folded(name: str, line: str) -> str:
    """A header as SMTP carries it: ASCII, in lines of 76."""
    return Header(line, "us-ascii" if line.isascii() else "utf-8", header_name=name).encode()


def _part(subtype: str, body: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype)
    part.set_payload(body, _QUOTED)
    return part


def subject(message: Message) -> str:
    """One line: severity where it is more than minor, and what happened."""
    mark = f"[{message.severity}] " if message.severity in {"major", "severe"} else ""
    line = mark + shape.headline(message)
    return shape.cut(f"{shape.REPEAT}: {line}" if message.repeat else line, SUBJECT_MOST)


def text(message: Message) -> str:
    """For readers that show no HTML."""
    return shape.plain(message) + "\n"


def html(message: Message) -> str:
    """Plain markup with its style in place, as mail readers want it. No picture, nothing that is loaded from elsewhere."""
    parts = [f"<p><b>{_safe(shape.headline(message), shape.LINE_MOST)}</b></p>"]
    if message.repeat:
        said = "an earlier attempt got no clear answer. If you have seen this one, nothing new has happened."
        parts.insert(0, f"<p><b>{shape.REPEAT}</b>: {said}</p>")
    parts += [f"<p>{'<br>'.join(_safe(line, shape.LINE_MOST) for line in message.lines)}</p>"]
    parts += [f"<p>Owner: {_safe(message.owner, shape.NAME_MOST)}</p>"] if message.owner else []
    parts += [_quote(quote) for quote in message.quotes]
    if links := [_link(one.url, one.words) for one in message.links]:
        parts.append(f"<p>{' · '.join(link for link in links if link)}</p>")
    parts.append(f'<p style="{_QUIET}">{escape(shape.origin(message))}</p>')
    body = "\n".join(part for part in parts if part != "<p></p>")
    return f'<!doctype html>\n<html><body><div style="{_STYLE}">\n{body}\n</div></body></html>\n'


def _quote(quote: Quote) -> str:
    names = [_safe(name, shape.NAME_MOST) for name in (quote.author, quote.source)]
    facts = (*names, escape(shape.when(quote.published_at)), _link(quote.url))
    return (
        f'<blockquote style="margin:0 0 1em;padding-left:.8em;border-left:3px solid #ccc">{escape(shape.said(quote))}<br>'
        f'<span style="{_QUIET}">{" · ".join(fact for fact in facts if fact)}</span></blockquote>'
    )


def _link(url: str | None, words: str = "") -> str:
    """A link that shows where it leads, unless the words are our own."""
    link = shape.web_link(url)
    return f'<a href="{escape(link[0])}">{escape(words or link[1])}</a>' if link else ""


def _safe(words: str, most: int) -> str:
    return escape(shape.cut(shape.clean(words), most))
