"""Which words are new: said in a window by more people than what was said before makes likely.

The weighted log-odds with an informative Dirichlet prior of B. L. Monroe, M. P. Colaresi and K. M. Quinn, "Fightin' Words: Lexical
Feature Selection and Evaluation for Identifying the Content of Political Conflict", Political Analysis 16 (2008), 372-403: equations 15, 18, 22.
A saying is one word, or one phrase, said by one voice, however often that voice repeats it. The prior is what the rest of the watch list
says, and English at large, so that what is said in every complaint is news in none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log, sqrt

from listener.domain.client import Client
from listener.domain.frequency import RATES
from listener.domain.masking import mask
from listener.domain.query import QueryError, parse_query
from listener.domain.sayings import is_phrase, keys, parts, said_how, single_words
from listener.domain.tree import Domain, Handle, Tag, Term, terms
from listener.domain.words import BARRIER

MOST = 5
Z_LEAST = 1.65
"""Standard errors that a word must stand out by. In windows drawn at random from real complaints chance brings up one such word in five
of them, and a word that half of five people say is found (measured on the airlines of the evaluation data).
"""

PEOPLE_LEAST = 2
CROWDED = 0.75
"""At least so many times the root of the number of voices: in a crowd of forty, two who share a rare word are nothing."""

ENOUGH = 100
"""Voices of a client's own history from which on that alone is what is usual; with fewer the list's is added to it."""

PRIOR_SAYINGS = 100.0
_UNSEEN = 0.1  # of each word that is known, however seldom
_RAREST = 0.5  # voices: what was never said before is taken as said by half a one
_LANGUAGE_SAYINGS = 500.0
_WORDS_A_POST = 12_000.0  # per thousand posts, stop words left out
_CONTAINS = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Voiced:
    """What one voice said: the text, and who said it. Texts of one `voice` count once."""

    voice: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWord:
    """A word or phrase as it was written, by how many people, and by how many standard errors that is more than usual."""

    text: str
    people: int
    z: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many voices said each word and phrase; of both, how many sayings that is in all, and of how many kinds."""

    voices: int
    said: Mapping[str, int]
    words: tuple[int, int]
    phrases: tuple[int, int]

    def in_all(self, key: str) -> tuple[int, int]:
        return self.phrases if is_phrase(key) else self.words


def new_words(
    window: Sequence[Voiced],
    client: Client,
    *,
    before: Iterable[Voiced],
    listed: Iterable[Voiced],
    most: int = MOST,
) -> tuple[NewWord, ...]:
    """At most so many words and phrases that stand out, most telling first.

    `before` is what was said of the client before the window, `listed` what was said of all clients of its list.
    """
    shown = _shown(window, client)
    said = counted(shown.items())
    least = max(PEOPLE_LEAST, ceil(CROWDED * sqrt(said.voices)))
    candidates = {key for key, people in said.said.items() if people >= least}
    if not candidates:
        return ()
    of_list, of_client = _by_voice(listed), _by_voice(before)
    others = counted(of_list.items())
    usual = counted(of_client.items() if len(of_client) >= ENOUGH else (of_list | of_client).items())
    found = {key: z for key in candidates if (z := standing_out(key, said, usual, others)) >= Z_LEAST}
    forms = [form for _, form in sorted(shown.items())]
    return tuple(
        NewWord(text=_as_written(key, forms), people=said.said[key], z=found[key])
        for key in _chosen(found, said.said)[:most]
    )


def split_told(
    words: Iterable[NewWord], told: Iterable[str]
) -> tuple[tuple[NewWord, ...], tuple[NewWord, ...]]:
    """Those that nobody was told of yet, and those that were told; singular and plural are one."""
    known: set[str] = set().union(*map(keys, told))
    some = list(words)
    before = [bool(said := keys(one.text)) and said <= known for one in some]
    return (
        tuple(one for one, is_told in zip(some, before, strict=True) if not is_told),
        tuple(one for one, is_told in zip(some, before, strict=True) if is_told),
    )


def counted(by_voice: Iterable[tuple[str, Iterable[str]]]) -> Counted:
    """The sum over voices, each with the keys of what it said."""
    voices = 0
    said: Counter[str] = Counter()
    for _, spoken in by_voice:
        voices += 1
        said.update(iter(spoken))
    phrases = [number for key, number in said.items() if is_phrase(key)]
    return Counted(
        voices=voices,
        said=said,
        words=(said.total() - sum(phrases), len(said) - len(phrases)),
        phrases=(sum(phrases), len(phrases)),
    )


def standing_out(key: str, now: Counted, usual: Counted, others: Counted) -> float:
    """The log-odds ratio of a word between now and what is usual, in its standard errors (their equation 22)."""
    kinds = max(usual.in_all(key)[1], others.in_all(key)[1])
    prior, whole = _UNSEEN + PRIOR_SAYINGS * _expected(key, others), _UNSEEN * kinds + PRIOR_SAYINGS
    said_now = now.said.get(key, 0) + prior
    said_before = max(usual.said.get(key, 0) + prior, _RAREST)
    odds_now = log(said_now / (now.in_all(key)[0] + whole - said_now))
    odds_before = log(said_before / (usual.in_all(key)[0] + whole - said_before))
    return (odds_now - odds_before) / sqrt(1 / said_now + 1 / said_before)


def _expected(key: str, others: Counted) -> float:
    """The share of a word among all that is said: by the list, and where that is short of history by English at large."""
    language = 0.0 if is_phrase(key) else RATES.get(key, 0.0) / _WORDS_A_POST
    return (others.said.get(key, 0) + _LANGUAGE_SAYINGS * language) / (
        others.in_all(key)[0] + _LANGUAGE_SAYINGS
    )


def _shown(window: Iterable[Voiced], client: Client) -> dict[str, dict[str, str]]:
    """For each voice its keys, and how it first wrote them; names of the client and words of its query are not among them."""
    masked = _masked(client)
    shown: dict[str, dict[str, str]] = {}
    for one in window:
        text, _ = mask(one.text, client, f" {BARRIER} ")
        forms = shown.setdefault(one.voice, {})
        for key, form in said_how(text).items():
            if form and masked.isdisjoint(parts(key)):
                forms.setdefault(key, form)
    return shown


def _masked(client: Client) -> set[str]:
    """The words of the client's names and of its query: that they are said is why the texts are here."""
    names = [client.name, *client.aliases, *(handle.lstrip("@") for handle in client.own.handles.values())]
    try:
        tree = parse_query(client.query).tree
    except QueryError:
        tree = None  # who wrote it was told when the file was read
    if tree is not None:
        names += [_text(term) for term, wanted in terms(tree) if wanted]
    return set().union(*map(single_words, names))


def _text(term: Term) -> str:
    """What a term looks for in a text."""
    if isinstance(term, Domain):
        return ""
    return term.name if isinstance(term, Handle | Tag) else term.text


def _by_voice(texts: Iterable[Voiced]) -> dict[str, set[str]]:
    said: dict[str, set[str]] = {}
    for one in texts:
        found = keys(one.text)
        said[one.voice] = said[one.voice] | found if one.voice in said else found
    return said


def _chosen(found: Mapping[str, float], people: Mapping[str, int]) -> list[str]:
    """The most telling first, no word in two of them: a phrase instead of its words where most who say one say the other."""
    phrases = {key for key in found if is_phrase(key)}
    alone = {key for key in found if not is_phrase(key)}
    split = {
        phrase
        for phrase in phrases
        if any(people[phrase] < _CONTAINS * people[word] for word in parts(phrase) & alone)
    }
    within = {word for phrase in phrases - split for word in parts(phrase)}
    ranked = sorted(set(found) - split - (alone & within), key=lambda key: (-found[key], -people[key], key))
    taken: set[str] = set()
    chosen = []
    for key in ranked:
        if taken.isdisjoint(parts(key)):
            chosen.append(key)
            taken |= parts(key)
    return chosen


def _as_written(key: str, forms: Iterable[Mapping[str, str]]) -> str:
    """As most write it, in small letters if anybody does."""
    written = Counter(form[key] for form in forms if key in form)
    return min(written, key=lambda text: (text != text.lower(), -written[text], len(text), text))
