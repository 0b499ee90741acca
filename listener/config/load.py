"""From the file to a Config, or to every mistake in it at once."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from listener.config import across, plan
from listener.config.config import Config, Receiver
from listener.config.context import Context, Registry
from listener.config.document import Document, read
from listener.config.doubts import doubts
from listener.config.mistakes import Mistake, Mistakes, Path, spelled, without_password
from listener.config.model import File
from listener.config.references import Taken
from listener.config.sentences import faults_of
from listener.connector.contract import AnyConnector
from listener.door.address import Private
from listener.notify.contract import AnyNotifier


def load(
    path: pathlib.Path,
    *,
    environ: Mapping[str, str],
    connectors: Registry[AnyConnector] | None = None,
    notifiers: Registry[AnyNotifier] | None = None,
) -> Config:
    """Read and check the file; nothing is asked of the network. Raises Mistakes.

    Two sources that are one place with different options are told once nothing else is wrong: only then is it known
    what each source asks for.
    """
    document = read(path, environ)
    context = _context(document.data, path.parent.absolute(), connectors, notifiers)
    wrong = [one for mistakes in document.wrong.values() for one in mistakes]
    wrong += [document.mistake(at, said) for at, said in across.faults(document.data, document.line)]
    file, faults = _validated(document.data, context)
    wrong += _told(document, faults)
    if wrong or file is None:
        raise Mistakes(wrong)
    if clashes := list(_clashes(file, document)):
        raise Mistakes(clashes)
    return _config(path, file, document)


def _context(
    data: dict[str, Any],
    folder: pathlib.Path,
    connectors: Registry[AnyConnector] | None,
    notifiers: Registry[AnyNotifier] | None,
) -> Context:
    """Taken from data of any shape, so that a mistake in one part brings no others."""
    receivers, network = data.get("receivers"), data.get("network")
    allowed = network.get("allow_private") if isinstance(network, dict) else None
    entries = allowed if isinstance(allowed, list) else [allowed]
    return Context(
        folder=folder,
        connectors=connectors or _every_connector(),
        notifiers=notifiers or _every_notifier(),
        receivers=frozenset(receivers if isinstance(receivers, dict) else ()),
        private=Private.read(entry for entry in entries if isinstance(entry, str)),
        inline_secrets=str(data.get("allow_inline_secrets")).lower() in {"true", "yes", "on", "1"},
    )


def _every_connector() -> Registry[AnyConnector]:
    from listener.connector import registry

    return registry


def _every_notifier() -> Registry[AnyNotifier]:
    from listener.notify import registry

    return registry


def _validated(data: dict[str, Any], context: Context) -> tuple[File | None, list[tuple[Path, str]]]:
    try:
        return File.model_validate(data, context=context), []
    except ValidationError as error:
        return None, faults_of(error)


def _told(document: Document, faults: Iterable[tuple[Path, str]]) -> Iterator[Mistake]:
    """The faults but for those that only follow from what is already told of the same place."""
    for path, said in faults:
        if not any(path[: len(told)] == told for told in document.wrong):
            yield document.mistake(path, said)


def _clashes(file: File, document: Document) -> Iterator[Mistake]:
    for clash in plan.clashes(file.watch_lists):
        where = f"{spelled(clash.first)} (line {document.line(clash.first)})"
        options = " and ".join(clash.options)
        yield document.mistake(
            clash.path, f"this is the same place as {where} with another {options}: give both the same"
        )


def _config(path: pathlib.Path, file: File, document: Document) -> Config:
    receivers = {
        name: Receiver(name=name, notifier=one.notifier, options=one.options, off=one.options.off)
        for name, one in file.receivers.items()
    }
    return Config(
        path=path,
        database=file.database_file or file.database,
        timezone=file.timezone,
        web=file.web.listen,
        network=file.network,
        health=file.health.notify,
        people=MappingProxyType(file.people),
        receivers=MappingProxyType(receivers),
        watch_lists=file.watch_lists,
        warnings=tuple(document.mistake(at, said) for at, said in doubts(file)),
        secrets=frozenset([*_secrets(file), *_taken(document.data["watch_lists"])]),
    )


def _taken(data: Any) -> Iterator[str]:  # noqa: ANN401 - as YAML has it
    """What a watch list takes from the environment, such as the token in a feed's address: nobody else is to see it."""
    if isinstance(data, Taken):
        yield from filter(None, data.values)
    elif isinstance(data, dict):
        for value in data.values():
            yield from _taken(value)
    elif isinstance(data, list):
        for value in data:
            yield from _taken(value)


def _secrets(file: File) -> Iterator[str]:
    """Every secret value in the file's options, and a database URL that holds a password."""
    url = file.database_file or file.database
    if without_password(url) != url:
        yield url
    sources = [source for one in file.watch_lists for source in one.sources]
    sources += [source for one in file.watch_lists for client in one.clients for source in client.sources]
    options: list[BaseModel] = [source.options for source in sources]
    options += [receiver.options for receiver in file.receivers.values()]
    for one in options:
        for value in vars(one).values():
            if isinstance(value, SecretStr) and value.get_secret_value():
                yield value.get_secret_value()
