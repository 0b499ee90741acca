"""The counts of a message as a picture, at the signed link that the message bears."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from listener.alerting.incident_links import KEY
from listener.domain.chart import Chart
from listener.domain.pictured import Pictured, holds
from listener.notify.picture import picture
from listener.store import changes, secrets
from listener.store.errors import StoreError
from listener.web.desk import Desk
from listener.web.numbers import number

# A picture is no page: nothing in it may run or be framed. It is stored by nobody, or it would outlive its link.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Content-Disposition": 'inline; filename="counts.png"',
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


def routes(desk: Desk) -> list[Route]:
    """The path of the pictures. What is wrong, too old or no longer there is answered as a path that never was."""

    async def counts(request: Request) -> Response:
        try:
            chart = await run_in_threadpool(_chart, desk, request)
        except StoreError as trouble:
            raise HTTPException(503, f"{trouble}. Try it again.") from trouble
        if chart is None:
            raise HTTPException(404)
        return Response(await run_in_threadpool(picture, chart), media_type="image/png", headers=HEADERS)

    return [Route("/incidents/{incident}/counts/{change}.png", counts, methods=["GET"])]


def _chart(desk: Desk, request: Request) -> Chart | None:
    """The counts that the link is about; None where it opens nothing."""
    pictured = _asked(request)
    if pictured is None or request.headers.get("host", "").lower() not in desk.hosts:
        return None
    with desk.database.read() as connection:
        key = secrets.get(connection, KEY)
        if not holds(pictured, request.query_params.get("sign", ""), key, now=desk.now()):
            return None
        return changes.chart(connection, pictured.incident, pictured.change)


def _asked(request: Request) -> Pictured | None:
    incident, change = (number(request.path_params[name]) for name in ("incident", "change"))
    until = number(request.query_params.get("until", ""))
    if incident is None or change is None or until is None:
        return None
    try:
        return Pictured(incident=incident, change=change, until=datetime.fromtimestamp(until, UTC))
    except (ValueError, OverflowError, OSError):
        return None
