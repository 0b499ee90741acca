"""What each path answers: plain text or JSON that changes nothing, the forms of listener/web/answering.py, and pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from listener.telemetry import metrics
from listener.web import answering, pictures, posting

if TYPE_CHECKING:
    from listener.jobs.status import Status
    from listener.web.desk import Desk
    from listener.web.posting import Letterbox

SAFE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def application(
    status: Callable[[], Status], desk: Desk | None = None, letterbox: Letterbox | None = None
) -> Starlette:
    """The three paths over a function that tells the status (and may take its time: it runs in a thread); with a desk those of
    the links in messages, with a letterbox that of the webhooks.
    """

    async def healthz(_: Request) -> Response:
        now = await run_in_threadpool(status)
        body = {"healthy": now.healthy, "troubles": list(now.troubles), **now.facts}
        return JSONResponse(body, status_code=200 if now.healthy else 503, headers=SAFE)

    async def prometheus(_: Request) -> Response:
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        await run_in_threadpool(status)
        text = await run_in_threadpool(generate_latest, metrics().registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST, headers=SAFE)

    async def root(_: Request) -> Response:
        now = await run_in_threadpool(status)
        lines = ["Listener is running." if now.healthy else "Listener has trouble:", *now.troubles, ""]
        lines += [f"{name}: {value}" for name, value in now.facts.items()]
        lines += [
            "",
            "More: `listener mentions`, `listener incidents`, `listener sources`; /healthz; /metrics",
        ]
        return PlainTextResponse("\n".join(lines) + "\n", headers=SAFE)

    page = Starlette(
        routes=[
            Route("/", root),
            Route("/healthz", healthz),
            Route("/metrics", prometheus),
            *([*pictures.routes(desk), *answering.routes(desk)] if desk is not None else ()),
            *(posting.routes(letterbox) if letterbox is not None else ()),
        ],
        exception_handlers={HTTPException: _refusal},
    )
    page.router.redirect_slashes = False  # it would lead where the Host header says
    return page


async def _refusal(_: Request, refused: Exception) -> Response:
    """What is not served is refused with the same headers as what is."""
    assert isinstance(refused, HTTPException)
    headers = {**SAFE, **(refused.headers or {})}
    return PlainTextResponse(f"{refused.detail}\n", status_code=refused.status_code, headers=headers)
