"""Tells whether a receiver's options have changed, without keeping them."""

from __future__ import annotations

import json
from hashlib import blake2b

from pydantic import SecretStr

from listener.notify.contract import ReceiverOptions


def fingerprint(kind: str, options: ReceiverOptions) -> str:
    """Differs when the kind or an option does, secrets included. So short that no secret can be won back from it."""
    told = json.dumps([kind, options.model_dump()], sort_keys=True, default=_told)
    return blake2b(told.encode(), digest_size=4).hexdigest()


def _told(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
