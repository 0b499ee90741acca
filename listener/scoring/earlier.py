"""The earlier words that a reply repeats beside its own: another person's, and scored where they were first said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from listener.domain.client import Client
from listener.domain.masking import names

_WROTE = "wrote:"
_HEADS = frozenset({"On", "--"})
_LONGEST_HEAD = 300
_POSTED = ('"', "“", "RT", "MT")
"""One of these stands where a post is passed on."""

_MOST_POSTS = 8
_COMMENT = 3
_LONGEST_ASSENT = 5
_ASSENT = frozenset(
    """
    absolutely agree agreed all exactly here i indeed is it just me mine more my of on one point right said same seconded so
    spot that this too totally true very well with yeah yep yes yup you
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


def own_words(text: str, client: Client) -> tuple[str, bool]:
    """The text without what it quotes of an earlier one, and whether it quotes one.

    That is lines behind `>`, all behind "On 2 March Ann wrote:", and the client's own posts. All of the text where nothing is left but
    assent ("+1", "same here"): then the quoted words are the writer's too.
    """
    answered = _unanswered(text)
    own = _unposted(text if answered is None else answered, client)
    if own is not None:
        return own, True
    return (_marks().sub("", text) if ">" in text else text, False) if answered is None else (answered, True)


def _unanswered(text: str) -> str | None:
    """Without the text that is answered; None where there is none, or nothing else."""
    if ">" not in text and _WROTE not in text and "Original Message" not in text:
        return None
    lines = text.split("\n")
    own = list(_own(lines))
    left = "\n".join(own)
    return left if len(own) < len(lines) and _says_something(left) else None


def _unposted(text: str, client: Client) -> str | None:
    """Without posts of the client that are passed on with a word of one's own: `finally! "@mills: we are open again"`."""
    if "@" not in text or not any(begins in text for begins in _POSTED):
        return None
    left = _post().sub(
        lambda post: " " if names(post["who"] or post["whose"], client) else post[0], text, count=_MOST_POSTS
    )
    if left == text:
        return None
    said = _unsaid().sub(" ", left)
    return left if len(said.split()) >= _COMMENT and _says_something(said) else None


def _own(lines: Sequence[str]) -> Iterator[str]:
    marked = any(map(_is_marked, lines))
    for at, line in enumerate(lines):
        if _is_marked(line):
            continue
        if line[:2] in _HEADS and _heads_an_earlier(" ".join(lines[at : at + 2])):
            if not marked:
                return
        elif not (marked and line.endswith(_WROTE)):
            yield line


def _is_marked(line: str) -> bool:
    return line.lstrip()[:1] == ">"


def _heads_an_earlier(two_lines: str) -> bool:
    """Whether they begin as a mail program begins the mail that is answered; its head may be broken over two lines."""
    return _head().match(two_lines[:_LONGEST_HEAD]) is not None


def _says_something(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return len(words) > _LONGEST_ASSENT or not _ASSENT.issuperset(words)


@cache
def _head() -> re.Pattern[str]:
    return re.compile(r"On (?=\D*\d).*\bwrote:|-+ ?Original Message ?-")


@cache
def _post() -> re.Pattern[str]:
    """A post that is passed on: in quotation marks with its author's handle first, or behind RT."""
    return re.compile(
        r"""["“]\s?(?P<who>@\w{1,30})\b:?\s[^"“”]+(?:["”]|$)|\b(?:RT|MT)\b:?\s?(?P<whose>@\w{1,30}):.*""",
        re.DOTALL,
    )


@cache
def _unsaid() -> re.Pattern[str]:
    return re.compile(r"https?://\S+|[@#]\w+")


@cache
def _marks() -> re.Pattern[str]:
    return re.compile(r"^[ \t]*>[> \t]*", re.MULTILINE)
