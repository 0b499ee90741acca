"""What stands in quotation marks: whose words they are, and whom they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from listener.domain.everyday import everyday
from listener.scoring.others import CLIENT, FINITE, names_another
from listener.scoring.sentence import Sentence

BY_CLIENT = 0.0
"""What counts of the client's own words: nothing. They are meant to please, or about others."""

OF_OTHERS = 0.3
"""What counts of a quotation that names somebody else and not the client, or in which somebody else speaks of itself."""

_LEAST = 3
"""Words below which a quotation is a word in quotation marks: it says what it says."""

_MARKS = "\"“”„«»‘'"
_PARTNERS = {'"': '"”', "“": '”"', "„": '“”"', "«": "»", "»": "«", "'": "'"}
_BEFORE = "([-—"
_AFTER = ".,;:!?…)]-—"
_NEAR = 4
_LONGEST_TITLE = 8
_SHORTENED = frozenset(
    {
        "s",
        "t",
        "d",
        "m",
        "n",
        "em",
        "er",
        "ll",
        "re",
        "ve",
        "til",
        "till",
        "tis",
        "twas",
        "cause",
        "bout",
        "round",
    }
)

_SAYING = frozenset(
    """
    added adds announced announces answered claimed claims explained explains insisted insists replied replies said say saying says
    stated states told tweeted tweets wrote writes
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_WITH_HEARER = frozenset({"told"})
_SOMEBODY = frozenset(
    """
    i we you he she they who it somebody someone one another customer customers client clients user users passenger passengers buyer buyers shopper
    shoppers guest guests patient patients tenant tenants subscriber subscribers people person critics critic analyst analysts regulator regulators worker
    workers employee employees staff union unions fan fans reviewer reviewers friend wife husband mother father
    """.split()  # noqa: SIM905 - as above
)
_TITLED = frozenset(
    """
    album band book documentary drama episode essay exhibition film game movie musical novel painting play podcast poem programme series
    show single sitcom song titled entitled track
    """.split()  # noqa: SIM905 - as above
)
_FIRST = frozenset({"i", "me", "my", "mine", "we", "us", "our", "i'm", "i've", "i'd", "we've", "we're"})
_OF_ITSELF = frozenset({"we", "our", "us", "ours", "we're", "we've", "we'll", "ourselves"})
_OF_YOU = frozenset(
    {"you", "your", "they", "their", "them", "it", "its", "it's", "they're", "he", "she", "i", "my", "me"}
)

Speaker = Literal["client", "another", ""]


class Quotation(NamedTuple):
    """Words in quotation marks, how much of them counts toward the client, and why."""

    words: range
    share: float
    why: str


def quotations(sentence: Sentence) -> list[Quotation]:
    """Those of the sentence that do not count in full."""
    if not quotes(sentence.text):
        return []
    return [
        Quotation(words, *judged)
        for words in _places(sentence.tokens)
        if (judged := _judged(sentence, words))
    ]


def told(sentence: Sentence) -> Iterator[str]:
    """What quotations count, in words that a person can check."""
    for words, share, why in quotations(sentence):
        first = " ".join(
            word for word in sentence.lowered[words.start : words.start + _LEAST] if word.isprintable()
        )
        yield f"“{first} …” {why}" + (f", counts {share}" if share else "")


def quotes(text: str) -> bool:
    """Whether there may be a quotation in one of the lines."""
    if text.isascii():
        return '"' in text or ("'" in text and (" '" in text or "\n'" in text or text[0] == "'"))
    return any(mark in text for mark in _MARKS)


def _places(tokens: Sequence[str]) -> Iterator[range]:
    """The words of each quotation. One that does not end, or did not begin, does so with the sentence: it may hold several."""
    start, mark, seen = -1, "", False
    for at, token in enumerate(tokens):
        if start < 0 and (begun := _begins(token)):
            start, mark = at, begun
            if not _ends(token[token.index(mark) + 1 :], mark):
                continue
        if start >= 0 and _ends(token, mark) and not _is_plural(tokens, at):
            yield range(start, at + 1)
            start, seen = -1, True
        elif start < 0 and not seen and _ends(token, "“") and not token[:1].isdecimal():
            yield range(at + 1)
            seen = True
    if start >= 0 and mark != "'":
        yield range(start, len(tokens))


def _begins(token: str) -> str:
    """The mark with which a quotation begins there, or nothing: `'50s` and `'em` begin none."""
    token = token.lstrip(_BEFORE)
    if token[:1] == "'" and (not token[1:2].isalpha() or token[1:].lower().rstrip(_AFTER) in _SHORTENED):
        return ""
    return token[0] if token[:1] in _PARTNERS else ""


def _ends(token: str, mark: str) -> bool:
    ended = token.rstrip(_AFTER)[-1:]
    return ended != "" and ended in _PARTNERS[mark]


def _is_plural(tokens: Sequence[str], at: int) -> bool:
    """Whether the mark may be the apostrophe of `customers' money`."""
    return tokens[at].endswith("s'") and at + 1 < len(tokens) and tokens[at + 1].lower() not in _SAYING


def _judged(sentence: Sentence, words: range) -> tuple[float, str] | None:
    if len(words) <= _LONGEST_TITLE and _TITLED.intersection(
        sentence.lowered[max(0, words.start - 2) : words.start]
    ):
        return 0.0, "is a title"
    if len(words) < _LEAST:
        return None
    speaker = _speaker(sentence, words)
    if speaker == "client" and not _is_told_by_a_customer(sentence, words):
        return BY_CLIENT, "is the client's own word"
    why = _of_others(sentence, words, speaker)
    return (OF_OTHERS, why) if why else None


def _is_told_by_a_customer(sentence: Sentence, words: range) -> bool:
    """Whether it is what the client did to who writes: `Mills told me "your order is lost"`."""
    return not _FIRST.isdisjoint((*sentence.lowered[: words.start], *sentence.lowered[words.stop :]))


def _of_others(sentence: Sentence, words: range, speaker: Speaker) -> str:
    """Why the quotation is not about the client, or nothing. What is all of the sentence is what the sentence says."""
    said = sentence.lowered[words.start : words.stop]
    if not CLIENT.isdisjoint(said) or len(words) + 1 >= len(sentence.lowered):
        return ""
    begins = names_another(sentence, words.start) and sentence.lowered[words.start + 1] in FINITE
    if begins or any(names_another(sentence, at) for at in words[1:]):
        return "is about somebody else"
    of_itself = speaker == "another" and not _OF_ITSELF.isdisjoint(said) and _OF_YOU.isdisjoint(said)
    return "is somebody else's of itself" if of_itself else ""


def _speaker(sentence: Sentence, words: range) -> Speaker:
    """By "Mills said “…”", "Mills: “…”", "“…”, said Mills" and "“…”, Mills said"."""
    lowered = sentence.lowered
    before = range(words.start - 1, words.start)
    if words.start and sentence.tokens[words.start - 1][-1] == ":" and (speaker := _named(sentence, before)):
        return speaker
    for verb in range(words.start - 1, max(-1, words.start - 1 - _NEAR), -1):
        if lowered[verb] in _SAYING:
            return _named(sentence, range(verb - 1, max(-1, verb - 1 - _NEAR), -1))
    for verb in range(words.stop, min(len(lowered), words.stop + _NEAR)):
        if lowered[verb] in _SAYING:
            if verb > words.stop:
                return _named(sentence, range(verb - 1, words.stop - 1, -1))
            if lowered[verb] in _WITH_HEARER:
                return ""
            return _named(sentence, range(verb + 1, min(len(lowered), verb + 1 + _NEAR)))
    return ""


def _named(sentence: Sentence, places: range) -> Speaker:
    """Who is named there, read from the verb away, to the end of the clause; nobody where it says who they are instead."""
    subject: list[int] = []
    for at in places:
        if places.step < 0 and (sentence.ends[at] or (subject and sentence.lowered[at] in FINITE)):
            break
        subject.append(at)
        if places.step > 0 and sentence.ends[at]:
            break
    said = {sentence.lowered[at] for at in subject}
    if not _SOMEBODY.isdisjoint(said):
        return ""
    if not CLIENT.isdisjoint(said):
        return "client"
    return "another" if any(_is_name(sentence, at) for at in subject) else ""


def _is_name(sentence: Sentence, at: int) -> bool:
    """Whether a word of a subject is a name, be it the first of the sentence."""
    return names_another(sentence, at) or (
        at == 0 and sentence.lowered[0] not in everyday() and sentence.written[0].istitle()
    )
