"""Plain pages by which a person answers: a few sentences, a form, no script and no picture. All that is shown is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from listener.alerting.incidents import LONGEST_NAME, LONGEST_TEXT
from listener.domain.answer import Action
from listener.domain.rules import Watched
from listener.store.incidents import Incident

BUTTONS: dict[Action, str] = {"take": "Take it", "close": "Close it", "note": "Add the note"}
ASKS: dict[Action, str] = {"take": "", "close": "How did it end?", "note": "What is to be remembered?"}


def asking(
    incident: Incident, action: Action, watched: Watched | None, people: Iterable[str], *, who: str = ""
) -> str:
    """The page before anything is done: what it is about, and the form whose button does it."""
    lines = [*about(incident, watched), f"<p>{escape(BUTTONS[action])}? Nothing has been changed yet.</p>"]
    names = "".join(f'<option value="{escape(name)}">' for name in people)
    filled = f'maxlength="{LONGEST_NAME}" value="{escape(who)}" autocomplete="name"'
    lines += ['<form method="post">', f'<datalist id="people">{names}</datalist>']
    lines.append(f'<p><label>Your name: <input name="who" list="people" required {filled}></label></p>')
    if ask := ASKS[action]:
        area = f'<textarea name="text" rows="4" cols="60" required maxlength="{LONGEST_TEXT}"></textarea>'
        lines.append(f"<p><label>{escape(ask)}<br>{area}</label></p>")
    lines += [f'<p><button type="submit">{escape(BUTTONS[action])}</button></p>', "</form>"]
    return page(f"{BUTTONS[action]}: incident {incident.id}", lines)


def told(title: str, sentences: Sequence[str]) -> str:
    """A page that only says something."""
    return page(title, [f"<p>{escape(sentence)}</p>" for sentence in sentences])


def about(incident: Incident, watched: Watched | None) -> list[str]:
    """What a person needs to know which incident it is."""
    client = watched.client.name if watched is not None else incident.client_id
    low, high = incident.evidence.get("usual", (0, 0))
    numbers = (
        f"{incident.evidence.get('people')} people, {incident.evidence.get('stories')} stories when it opened"
    )
    usual = f"usual {low if low == high else f'{low}–{high}'}"
    facts = [
        f"{client}: {numbers}; {usual}.",
        f"Opened {incident.opened_at:%Y-%m-%d %H:%M} UTC, {incident.severity}, {incident.state}.",
        f"{incident.taken_by} has it." if incident.taken_by else "",
        f"Owner: {watched.owner}." if watched is not None and watched.owner else "",
    ]
    return [f"<p>{escape(fact)}</p>" for fact in facts if fact]


def page(title: str, lines: Sequence[str]) -> str:
    """A whole page; `lines` are HTML already."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    body = "\n".join([f"<h1>{escape(title)}</h1>", *lines])
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'
