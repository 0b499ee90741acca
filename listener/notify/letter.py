"""A message as a mail: text and HTML, threaded by incident. Nothing that a stranger wrote can become a header or markup."""

from __future__ import annotations

from collections.abc import Sequence
from email.charset import QP, Charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr
from hashlib import blake2b
from html import escape

from listener.domain.message import Message, Quote
from listener.notify import shape
from listener.notify.picture import HEIGHT, WIDTH, picture

SUBJECT_MOST = 180  # characters
_SMTP = compat32.clone(linesep="\r\n")  # newer policies fold a subject so that its blanks double
_QUOTED = Charset("utf-8")
_QUOTED.body_encoding = QP
_REPEAT = "an earlier attempt got no clear answer. If you have seen this one, nothing new has happened."
_STYLE = "font:15px/1.5 sans-serif;max-width:42em"
_QUIET = "color:#666;font-size:13px"


def message_id(message: Message, *, sender: str) -> str:
    """The same for an alert in every attempt, so that a mail server or a reader can tell a repeat."""
    digest = blake2b(message.id.encode(errors="backslashreplace"), digest_size=16).hexdigest()
    return f"<{digest}.listener@{sender.rpartition('@')[2]}>"


def letter(message: Message, *, sender: str, to: str, thread: str = "") -> bytes:
    """The whole mail, its lines ended as SMTP wants them. `thread` is the Message-ID of the incident's first mail."""
    own_id = message_id(message, sender=sender)
    mail = MIMEMultipart("alternative", boundary=_boundary(own_id, "a"))
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
    mail.attach(_shown(message, own_id))
    return mail.as_bytes(policy=_SMTP)


def _shown(message: Message, own_id: str) -> MIMEBase:
    """The HTML, with the picture of the counts where there is one: in the mail itself, so that nothing is loaded."""
    if message.chart is None:
        return _part("html", html(message))
    name = f"chart.{own_id.strip('<>')}"
    whole = MIMEMultipart("related", boundary=_boundary(own_id, "r"))
    whole.attach(_part("html", html(message, chart=name)))
    image = MIMEImage(picture(message.chart), "png")
    image["Content-ID"] = f"<{name}>"
    image["Content-Disposition"] = 'inline; filename="counts.png"'
    whole.attach(image)
    return whole


def _boundary(own_id: str, level: str) -> str:
    """The same in every attempt; `=_` stands in no text that is quoted-printable or base64."""
    return f"=_{level}{own_id[1:33]}_="


def _folded(name: str, line: str) -> str:
    """A header as SMTP carries it: ASCII, in lines of 76."""
    return Header(line, "us-ascii" if line.isascii() else "utf-8", header_name=name).encode()


def _part(subtype: str, body: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype)
    part.set_payload(body, _QUOTED)
    return part


def subject(message: Message) -> str:
    """One line: severity where it is more than minor, and what happened."""
    raised = shape.raised(message)
    line = (f"[{raised}] " if raised else "") + shape.headline(message)
    return shape.cut(f"{shape.REPEAT}: {line}" if message.repeat else line, SUBJECT_MOST)


def text(message: Message) -> str:
    """For readers that show no HTML."""
    return shape.plain(message) + "\n"


def html(message: Message, *, chart: str = "") -> str:
    """Plain markup with its style in place, as mail readers want it. `chart` is the id of the picture in the same mail."""
    parts = [f"<p><b>{_safe(shape.headline(message), shape.LINE_MOST)}</b></p>"]
    if message.repeat:
        parts.insert(0, f"<p><b>{shape.REPEAT}</b>: {_REPEAT}</p>")
    parts += _chart(message, chart)
    parts += _lines((*message.lines, *shape.people(message)))
    if ways := [_link(address, words) for words, address in shape.ways(message)]:
        parts.append(f"<p>{' · '.join(ways)}</p>")
    parts += map(_quote, message.quotes)
    for section in message.sections:
        parts.append(f"<h3>{_safe(section.title, shape.NAME_MOST)}</h3>")
        parts += [*_lines(section.lines), *map(_quote, section.quotes)]
    parts.append(f'<p style="{_QUIET}">{escape(shape.origin(message))}</p>')
    body = "\n".join(parts)
    return f'<!doctype html>\n<html><body><div style="{_STYLE}">\n{body}\n</div></body></html>\n'


def _chart(message: Message, name: str) -> list[str]:
    if message.chart is None:
        return []
    drawn = escape(" ".join(shape.chart_line(message.chart)))
    return [
        f'<p><img src="cid:{name}" width="{WIDTH}" height="{HEIGHT}" alt="{drawn}"></p>'
        if name
        else f"<p>{drawn}</p>"
    ]


def _lines(lines: Sequence[str]) -> list[str]:
    return [f"<p>{'<br>'.join(_safe(line, shape.LINE_MOST) for line in lines)}</p>"] if lines else []


def _quote(quote: Quote) -> str:
    names = [_safe(name, shape.NAME_MOST) for name in (quote.author, quote.source)]
    link = shape.web_link(quote.url)
    facts = (*names, escape(shape.when(quote.published_at)), _link(*link) if link else "")
    return (
        f'<blockquote style="margin:0 0 1em;padding-left:.8em;border-left:3px solid #ccc">{escape(shape.said(quote))}<br>'
        f'<span style="{_QUIET}">{" · ".join(fact for fact in facts if fact)}</span></blockquote>'
    )


def _link(address: str, words: str) -> str:
    """Of a mention the words are the host that it leads to: it cannot pretend."""
    return f'<a href="{escape(address)}">{escape(words)}</a>'


def _safe(words: str, most: int) -> str:
    return escape(shape.cut(shape.clean(words), most))
