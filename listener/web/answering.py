"""The signed links of messages: GET shows a form and changes nothing, POST does what the link says."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from listener.alerting import incidents as answers
from listener.alerting.incident_links import KEY
from listener.alerting.incidents import NotDone
from listener.domain.answer import ACTIONS, Answer, refusal
from listener.store import incidents, secrets
from listener.store.errors import StoreError
from listener.store.incidents import Incident
from listener.web import forms
from listener.web.desk import Desk
from listener.web.numbers import number

LARGEST_FORM = 16_384
FORM = "application/x-www-form-urlencoded"

# Not `no-referrer`, under which a browser says "Origin: null" of our own forms.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


class _Refused(Exception):  # noqa: N818 - its sentence is the page
    """The request is not followed."""

    def __init__(self, *, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def routes(desk: Desk) -> list[Route]:
    """The paths of the links."""

    async def answered(request: Request) -> Response:
        try:
            form = await _form(request, desk) if request.method == "POST" else None
            title, body = await run_in_threadpool(_answer, desk, request, form)
        except _Refused as refused:
            return _page(forms.told("Not done", [refused.sentence]), refused.status)
        except StoreError as trouble:
            return _page(forms.told("Not done", [f"{trouble}. Try it again."]), 503)
        return _page(body, 200 if title else 409)

    return [Route("/incidents/{incident}/{action}", answered, methods=["GET", "POST"])]


def _page(body: str, status: int) -> HTMLResponse:
    return HTMLResponse(body, status_code=status, headers=HEADERS)


async def _form(request: Request, desk: Desk) -> dict[str, str]:
    """What was filled in. Raises _Refused where the form is not one of our own pages', or too large."""
    if urlsplit(request.headers.get("origin", "")).netloc.lower() not in desk.hosts:
        raise _Refused(
            status=403, sentence="This form was not sent from our page: open the link of the message."
        )
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise _Refused(status=415, sentence="This is no form: open the link of the message.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise _Refused(status=413, sentence="This is too long.")
    fields = parse_qs(body.decode("utf-8", errors="replace"), keep_blank_values=True, max_num_fields=10)
    return {name: values[0] for name, values in fields.items()}


def _answer(desk: Desk, request: Request, form: dict[str, str] | None) -> tuple[bool, str]:
    """Whether it is done or asked, and the page that says so."""
    answer, incident = _known(desk, request)
    watched = desk.watched()
    if form is None:
        owner = watched[incident.client_id].owner if incident.client_id in watched else None
        people = desk.people()
        page = forms.asking(
            incident, answer.action, watched.get(incident.client_id), people.values(), who=owner or ""
        )
        return True, page
    said = form.get("who", "").strip()
    who = desk.people().get(said, said)
    try:
        sentence = _done(desk, answer, who=who, text=form.get("text", ""))
    except NotDone as not_done:
        return False, forms.told("Not done", [f"{not_done}."[:1].upper() + f"{not_done}."[1:]])
    return True, forms.told("Done", [sentence, "Whoever heard of the incident is told."])


def _done(desk: Desk, answer: Answer, *, who: str, text: str) -> str:
    database, watched, number, now = desk.database, desk.watched(), answer.incident, desk.now()
    if answer.action == "take":
        taken = answers.take(database, watched, number, who=who, now=now)
        return f"{taken.taken_by} has incident {number} now."
    if answer.action == "close":
        closed = answers.close(database, watched, number, who=who, why=text, now=now)
        return f"Incident {number} is closed by {closed.closed_by}."
    answers.note(database, watched, number, who=who, text=text, now=now)
    return f"Noted with incident {number}."


def _known(desk: Desk, request: Request) -> tuple[Answer, Incident]:
    """What the link asks for, and its incident. Raises _Refused where it is not ours, too old, or came by a strange name."""
    if request.headers.get("host", "").lower() not in desk.hosts:
        raise _Refused(
            status=421, sentence="This page is not known by this name: `web.public_url` says where it is."
        )
    action, asked = ACTIONS.get(request.path_params["action"]), number(request.path_params["incident"])
    if action is None or asked is None:
        raise _Refused(status=404, sentence="There is nothing here.")
    answer = Answer(
        incident=asked,
        action=action,
        receiver=request.query_params.get("to", ""),
        until=_until(request.query_params.get("until", "")),
    )
    with desk.database.read() as connection:
        key = secrets.get(connection, KEY)
        wrong = refusal(answer, request.query_params.get("sign", ""), key, now=desk.now())
        incident = None if wrong else incidents.get(connection, answer.incident)
    if wrong is not None:
        raise _Refused(status=403, sentence=wrong)
    if incident is None:
        raise _Refused(status=404, sentence=f"There is no incident {answer.incident} any more.")
    return answer, incident


def _until(text: str) -> datetime:
    """The time of a link; nonsense is long ago, and its signature is wrong."""
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    return datetime.fromtimestamp(seconds, UTC)
