"""Sources and receivers: `KIND: OPTIONS` in its long and short forms, read by what the connector or notifier declares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import ValidationInfo

from listener.config import values, weblinks
from listener.config.context import Context, Declared, Registry
from listener.config.mistakes import Path, Unfit
from listener.config.options import Faults, validated
from listener.config.references import Taken, is_absent
from listener.config.sentences import complaint, quoted, rejection, unknown
from listener.connector.contract import AnyConnector, OptionsModel
from listener.connector.registry import BadConnector
from listener.notify.contract import AnyNotifier, ReceiverOptions

ENGINE_KEYS = ("every", "name")
"""What any source may say besides its connector's options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One configured place to poll; `name` is what a person calls it. `fixed` where the file itself says how often."""

    connector: AnyConnector
    options: OptionsModel
    every: timedelta
    name: str | None = None
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A receiver but for its name."""

    notifier: AnyNotifier
    options: ReceiverOptions


def read_source(raw: object, info: ValidationInfo) -> Source:
    """For pydantic: one item of a `sources` list."""
    context = Context.of(info)
    kind, given, faults = _chosen(raw, context.connectors, "source")
    try:
        connector = context.connectors.find(kind)
    except BadConnector as bad:  # one kind is lost, and the file says where it is asked for
        raise rejection([*faults, ((kind,), str(bad).rstrip("."))]) from None
    options = _opened(given, connector, faults)
    asked = {key: options.pop(key) for key in ENGINE_KEYS if key in options}
    asked = {key: value for key, value in asked.items() if not is_absent(value)}
    every = _every(asked.get("every"), connector, faults)
    name = asked.get("name")
    if name is not None and not isinstance(name, str):
        faults.append(((kind, "name"), "write one text here"))
    checked = validated(options, connector, context, faults, known=ENGINE_KEYS)
    assert isinstance(checked, OptionsModel)
    return Source(connector=connector, options=checked, every=every, name=name, fixed="every" in asked)


def read_destination(raw: object, info: ValidationInfo) -> Destination:
    """For pydantic: one value under `receivers`."""
    context = Context.of(info)
    kind, given, faults = _chosen(raw, context.notifiers, "receiver")
    notifier = context.notifiers.find(kind)
    checked = validated(_opened(given, notifier, faults), notifier, context, faults)
    assert isinstance(checked, ReceiverOptions)
    if checked.dials and (said := weblinks.not_dialled(*checked.dials, context.private)):
        raise rejection([((kind, "host"), f"{quoted(checked.dials[0])} {said}")])
    return Destination(notifier=notifier, options=checked)


def _chosen(raw: object, registry: Registry[object], what: str) -> tuple[str, object, Faults]:
    """The kind, what stands behind it, and what stands beside it by mistake."""
    kinds = tuple(registry.kinds())
    pairs = {raw: None} if isinstance(raw, str) and raw else raw
    if not isinstance(pairs, dict) or not pairs:
        raise Unfit(f"names no kind of {what}: write KIND: OPTIONS, with one of {', '.join(kinds)}")
    meant = [key for key in pairs if key in kinds]
    if not meant:
        raise rejection([_no_kind(raw, next(iter(pairs)), kinds, what)])
    if len(meant) > 1:
        raise Unfit(f"holds {' and '.join(meant)}: begin each {what} with a dash or a name of its own")
    kind = meant[0]
    beside: Faults = [
        ((key,), f"this stands beside {kind} and belongs inside: write {kind}: {{…, {key}: …}}")
        for key in pairs
        if key != kind
    ]
    return str(kind), pairs[kind], beside


def _no_kind(raw: object, key: str, kinds: tuple[str, ...], what: str) -> tuple[Path, str]:
    if isinstance(raw, str) and "://" in raw:
        return (), f"{quoted(raw)} has no kind: write KIND: ADDRESS, with one of {', '.join(kinds)}"
    if isinstance(raw, Taken):
        return (), f"{quoted(raw)} is no kind of {what}: write one of {', '.join(kinds)}"
    return (() if isinstance(raw, str) else (key,)), unknown(key, kinds, what=f"kind of {what}")


def _opened(given: object, declared: Declared, faults: Faults) -> dict[str, Any]:
    """The options as a mapping of their own; a key without a value is as good as absent."""
    if given is None:
        return {}
    if isinstance(given, dict):
        return {key: value for key, value in given.items() if value is not None}
    if isinstance(given, str) and declared.short:
        return {declared.short: given}
    example = f"{declared.short}: …" if declared.short else "…"
    faults.append(((declared.kind,), f"write the settings of {declared.kind} here, as in {{{example}}}"))
    raise rejection(faults)


def _every(raw: object, connector: AnyConnector, faults: Faults) -> timedelta:
    if raw is None:
        return connector.default_every
    try:
        every = values.duration(raw)
    except Unfit as unfit:
        faults.append(((connector.kind, "every"), complaint(unfit, raw)))
        return connector.default_every
    if every < connector.least_interval:
        least = values.spoken(connector.least_interval)
        said = f"{quoted(raw)} is more often than {connector.kind} is asked: write {least} or longer"
        faults.append(((connector.kind, "every"), said))
    return every
