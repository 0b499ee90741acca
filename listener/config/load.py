"""From the file to a Config, or to every mistake in it at once."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from listener.config import across, marks
from listener.config.config import Config, Receiver
from listener.config.context import Context, Registry
from listener.config.document import Document, read
from listener.config.doubts import doubts
from listener.config.marks import MarksFile
from listener.config.mistakes import Mistake, Mistakes, Path, spelled, without_password
from listener.config.model import File
from listener.config.placed import Placed, clashes, placed
from listener.config.references import Taken
from listener.config.sentences import faults_of, nearest
from listener.connector.contract import AnyConnector
from listener.door.address import Private
from listener.notify.contract import AnyNotifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration with where everything in it stands; `marks` is the file beside it."""

    config: Config
    document: Document
    marks: MarksFile

    def said_of(self, path: Path, sentence: str) -> Mistake:
        """What is to be said of the place at this path of the configuration, with its line."""
        return self.document.mistake(path, sentence)

    def said_of_mark(self, path: Path, sentence: str) -> Mistake:
        """As `said_of`, of the file beside it."""
        assert self.marks.document is not None
        return self.marks.document.mistake(path, sentence)


def load(
    path: pathlib.Path,
    *,
    environ: Mapping[str, str],
    connectors: Registry[AnyConnector] | None = None,
    notifiers: Registry[AnyNotifier] | None = None,
    marks_file: pathlib.Path | None = None,
) -> Config:
    """Read and check the file, and the one beside it; nothing is asked of the network. Raises Mistakes.

    Where no marks stand beside it, those of `marks_file` are taken: it is what the file will have beside it once it is in place.

    Two sources that are one place with different options are told once nothing else is wrong: only then is it known
    what each source asks for.
    """
    return loaded(
        path, environ=environ, connectors=connectors, notifiers=notifiers, marks_file=marks_file
    ).config


def loaded(
    path: pathlib.Path,
    *,
    environ: Mapping[str, str],
    connectors: Registry[AnyConnector] | None = None,
    notifiers: Registry[AnyNotifier] | None = None,
    marks_file: pathlib.Path | None = None,
) -> Loaded:
    """As `load`, for those who go on to speak of single lines."""
    document = read(path, environ)
    context = _context(document.data, path.parent.absolute(), connectors, notifiers)
    wrong = [one for mistakes in document.wrong.values() for one in mistakes]
    wrong += [document.mistake(at, said) for at, said in across.faults(document.data, document.line)]
    file, faults = _validated(document.data, context)
    wrong += _told(document, faults)
    marked, broken = _marked(marks.beside(path), marks_file)
    wrong += broken
    if wrong or file is None or marked is None:
        raise Mistakes(wrong)
    places = tuple(placed(file.watch_lists, marked.marks))
    if clashing := list(_clashes(places, document)):
        raise Mistakes(clashing)
    config = replace(_config(path, file, document, marked), placed=places)
    return Loaded(config=config, document=document, marks=marked)


def _marked(path: pathlib.Path, instead: pathlib.Path | None) -> tuple[MarksFile | None, tuple[Mistake, ...]]:
    """The marks beside the file, or what is wrong with them: told together with what is wrong in the file."""
    try:
        return marks.load(path if path.exists() or not instead else instead), ()
    except Mistakes as mistakes:
        return None, mistakes.mistakes


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


def _clashes(places: Iterable[Placed], document: Document) -> Iterator[Mistake]:
    for clash in clashes(places):
        where = f"{spelled(clash.first)} (line {document.line(clash.first)})"
        options = " and ".join(clash.options)
        yield document.mistake(
            clash.path, f"this is the same place as {where} with another {options}: give both the same"
        )


def _config(path: pathlib.Path, file: File, document: Document, marked: MarksFile) -> Config:
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
        public_url=file.web.public_url,
        telling=file.telling,
        escalate=file.escalate,
        health=file.health.notify,
        fallback=file.fallback if file.fallback and receivers[file.fallback].off is None else None,
        people=MappingProxyType(file.people),
        receivers=MappingProxyType(receivers),
        watch_lists=file.watch_lists,
        digest=file.digest,
        events=file.events,
        scoring=file.scoring,
        marks=marked.marks,
        warnings=(*(document.mistake(at, said) for at, said in doubts(file)), *_orphans(file, marked)),
        secrets=frozenset([*_secrets(file), *_taken(document.data["watch_lists"])]),
    )


def _orphans(file: File, marked: MarksFile) -> Iterator[Mistake]:
    """Marks of clients that the configuration does not have: renamed, most likely."""
    known = [client.key for one in file.watch_lists for client in one.clients]
    for client_id in sorted(marked.marks.clients.keys() - set(known)):
        guess = nearest(client_id, known)
        hint = f"did you mean {guess}?" if guess else "give the client this `id:`, or remove its marks"
        if marked.document is not None:
            yield marked.document.mistake(("clients", client_id), f"there is no client of this id: {hint}")


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
