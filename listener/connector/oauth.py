"""Access tokens by OAuth: asked for where there is none or it ends soon, kept at once, and so never lost by a crash."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from listener.connector import values
from listener.connector.contract import Answer, Http, NeedsAttention, TryLater

EARLY = timedelta(minutes=5)
"""Before a token ends it is renewed."""
LONGEST = timedelta(days=1)
SKEW = timedelta(minutes=2)
"""Our clock may differ from the place's by that much."""

_KEPT_AS = "token"


def token(http: Http, ask: Callable[[], Answer], *, whose: str, place: str, anew: bool = False) -> str:
    """The remembered token, or a new one by `ask`, which raises what a refusal means.

    `whose` names the account or client, never its secret: what was remembered of another one is of no use. Raises TryLater where
    the answer holds no token.
    """
    known = http.recall(_KEPT_AS)
    until = values.moment(values.text(known, "until"), http.now + LONGEST)
    kept = values.text(known, "token")
    if not anew and kept and values.text(known, "whose") == whose and until and until > http.now + EARLY:
        return kept
    told = values.parsed(ask().body, place)
    given, seconds = values.text(told, "access_token"), values.at(told, "expires_in")
    if not values.is_token(given):
        raise TryLater(f"{place} answered without a token: it is asked again later.")
    lasts = timedelta(seconds=_seconds(seconds))
    http.remember(_KEPT_AS, {"token": given, "until": (http.now + lasts).isoformat(), "whose": whose})
    return given


def _seconds(told: object) -> float:
    """How long it lasts; a token of which nobody says so is for this poll alone."""
    if isinstance(told, bool) or not isinstance(told, int | float) or told != told:  # noqa: PLR0124 - only NaN is not itself
        return 0.0
    return float(min(max(told, 0), LONGEST.total_seconds()))


def called(call: Callable[[str], Answer], bearer: Callable[[bool], str]) -> Answer:
    """What `call` brings with a token, with a new one where that is refused (401)."""
    answer = call(bearer(False))
    return call(bearer(True)) if answer.status == 401 else answer


def fingerprint(secret: str) -> str:
    """By which a secret is known again, and not known."""
    return blake2b(secret.encode(), digest_size=12, person=b"listener-oauth").hexdigest()


def clock_off(answer: Answer, now: datetime) -> NeedsAttention | None:
    """The trouble that our clock is, where the answer's Date says another time; None where it is right, or nobody can tell."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
        off = theirs - now
    except (ValueError, TypeError):
        return None
    if abs(off) <= SKEW:
        return None
    minutes = round(abs(off) / timedelta(minutes=1))
    way = "slow" if off > timedelta() else "fast"
    return NeedsAttention(
        f"The clock of this machine is off by {minutes:,} min ({way}), so that its signatures are refused: set it, best by NTP."
    )
