"""A file read: its data with the environment filled in, where each value stands, and what was wrong on the way."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from listener.config.mistakes import Mistake, Mistakes, Path, Unfit, plain, spelled
from listener.config.nodes import Broken, Node, Scalar, Section, Series, compose
from listener.config.references import filled

MOST_BYTES = 8_000_000

# What YAML does not allow: controls but tab, line ends and NEL, lone surrogates, and what is no character.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(slots=True, kw_only=True)
class Document:
    """`data` is made of dicts, lists, texts and None; `wrong` holds what is wrong so far, by path."""

    file: str
    root: Node
    data: Any = None
    wrong: dict[Path, list[Mistake]] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of the key at this path, or of the nearest thing around it that the file has."""
        node, line = self.root, self.root.line
        for part in path:
            step = _step(node, part)
            if step is None:
                return line
            line, node = step
        return line

    def mistake(self, path: Path, remedy: str) -> Mistake:
        return Mistake(file=self.file, line=self.line(path), path=spelled(path), remedy=remedy)


def read(path: pathlib.Path, environ: Mapping[str, str] | None) -> Document:
    """Read the file; raises Mistakes where there is no tree to go on with. Without an environment `${…}` stands as it is."""
    file = str(path)
    try:
        root = _settings(compose(_text(path)), needed=environ is not None)
    except Broken as broken:
        raise Mistakes([Mistake(file=file, line=broken.line, path="file", remedy=str(broken))]) from None
    document = Document(file=file, root=root)
    document.data = _data(root, (), document, environ)
    return document


def _settings(root: Node | None, *, needed: bool) -> Section:
    if isinstance(root, Section):
        return root
    if root is None and not needed:
        return Section(1)
    raise Broken("the settings are missing: start from config.example.yaml", line=1)


def _text(path: pathlib.Path) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Broken(
            "there is no such file: check the path, or make one with `listener init`", line=1
        ) from None
    except OSError as error:
        raise Broken(
            f"it cannot be read ({error.strerror}): check the path and its permissions", line=1
        ) from None
    if len(body) > MOST_BYTES:
        raise Broken(f"it is larger than {MOST_BYTES // 1_000_000} MB: split it over several daemons", line=1)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Broken(
            "this is not UTF-8: save the file as UTF-8", line=body.count(b"\n", 0, error.start) + 1
        ) from None
    if odd := _CONTROL.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise Broken(f"the character U+{ord(odd[0]):04X} cannot be part of the file: remove it", line=line)
    return text


def _step(node: Node, part: str | int) -> tuple[int, Node] | None:
    """One part of a path further: the line of the key or item, and what stands there."""
    if isinstance(node, Section):
        pairs = (*node.pairs, *node.merged)
        return next(((key.line, value) for key, value in pairs if key.text == part), None)
    if isinstance(node, Series) and isinstance(part, int) and part < len(node.items):
        return node.items[part].line, node.items[part]
    return None


def _data(node: Node, path: Path, document: Document, environ: Mapping[str, str] | None) -> Any:  # noqa: ANN401 - as YAML has it
    if node.tag is not None:
        _note(
            document, path, node.line, f"the tag {plain(_tag(node.tag))} is refused: write plain values only"
        )
    if isinstance(node, Scalar):
        return _scalar(node, path, document, environ)
    if isinstance(node, Series):
        return [_data(item, (*path, at), document, environ) for at, item in enumerate(node.items)]
    assert isinstance(node, Section)
    data: dict[str, Any] = {}
    for key, value in node.pairs:
        at = (*path, key.text)
        if key.text in data:
            first = document.line(at)
            _note(
                document,
                at,
                key.line,
                f"this key stands here twice (first on line {first}): keep one of them",
            )
        data[key.text] = _data(value, at, document, environ)
    return data | {key.text: _data(value, (*path, key.text), document, environ) for key, value in node.merged}


def _tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _scalar(node: Scalar, path: Path, document: Document, environ: Mapping[str, str] | None) -> str | None:
    if node.nothing:
        return None
    if environ is None:
        return node.text
    try:
        return filled(node.text, environ)
    except Unfit as unfit:
        _note(document, path, node.line, f"“{plain(node.text)}” {unfit}")
        return ""


def _note(document: Document, path: Path, line: int, remedy: str) -> None:
    mistake = Mistake(file=document.file, line=line, path=spelled(path), remedy=remedy)
    document.wrong.setdefault(path, []).append(mistake)
