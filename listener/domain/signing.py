"""Signed bodies, both ways: what our webhook sends is what we take. `t=<seconds since 1970>,v1=<hexadecimal HMAC-SHA256>`.

The signature covers `<t>.<body>`, byte for byte, under the secret in UTF-8 (docs/webhook.md).
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

HEADER = "Listener-Signature"
TOLERANCE = timedelta(minutes=5)
MOST_SIGNATURES = 5


def signed(body: bytes, *, secret: str, seconds: int) -> str:
    """The value of the header."""
    return f"t={seconds},v1={_digest(body, secret, str(seconds))}"


def why_not(header: str, body: bytes, *, secret: str, now: datetime) -> str | None:
    """Why the header does not prove that who has the secret sent the body just now, as a sentence; None where it does."""
    parts = [part.partition("=")[::2] for part in header.replace(" ", "").split(",")[: MOST_SIGNATURES + 1]]
    stamp = next((value for name, value in parts if name == "t"), "")
    given = [value for name, value in parts if name == "v1"]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or not given:
        return f"The request is not signed: send {HEADER}: t=SECONDS,v1=HEX, as in docs/webhook.md."
    told = _digest(body, secret, stamp).encode()
    if not any(hmac.compare_digest(told, one.encode("utf-8", "replace")) for one in given):
        return "The signature does not fit: sign t, a dot and the body byte for byte, with the secret of this webhook."
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        minutes = int(TOLERANCE.total_seconds() // 60)
        return f"The signature is not of the last {minutes} minutes: sign each attempt anew, and check the clock."
    return None


def _digest(body: bytes, secret: str, stamp: str) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, sha256).hexdigest()
