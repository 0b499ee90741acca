"""2,782 odd, broken and real feeds: read without a crash or a hang, and to the same items as feedparser by its defaults."""

from __future__ import annotations

import io
import tarfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import feedparser
import pytest

from listener.connector import feed
from listener.connector.contract import Trouble
from listener.connector.feed.authority import _moment
from listener.connector.feed.entry import AHEAD, EARLIEST
from listener.connector.plain import absolute, cleaned, one_line, plain

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "eval" / "feeds" / "dev.tar.xz"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://feeds.example/feed.xml"
LONGEST_S = 5.0
SAME = 0.999


@dataclass
class Figures:
    """What a run over the corpus showed."""

    feeds: int = 0
    entries: int = 0
    same: int = 0
    refused_links: int = 0
    impossible_dates: int = 0
    refused: int = 0
    longest_s: float = 0.0
    troubles: Counter[str] = field(default_factory=Counter)
    fast_agrees: Counter[bool | None] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.feeds} feeds, {self.entries} entries, {self.same} the same ({self.same / self.entries:.3%}), "
            f"{self.refused} refused; apart: {self.refused_links} refused links, {self.impossible_dates} impossible dates; "
            f"longest {self.longest_s:.2f} s of CPU; no feeds: {dict(self.troubles)}; fast parser agrees: {dict(self.fast_agrees)}"
        )


def corpus(every: int):
    """Name and bytes of each `every`th feed, always the same ones."""
    with tarfile.open(CORPUS) as archive:
        members = sorted((member for member in archive if member.isfile()), key=lambda member: member.name)
        for member in members[::every]:
            yield member.name, archive.extractfile(member).read()


def as_feedparser_has_it(entry) -> tuple[object, ...]:
    """Id, link, title and date; a link that we refuse and a date that cannot be are left out, as they are listed apart."""
    detail, title = entry.get("title_detail") or {}, entry.get("title") or ""
    shown = cleaned(title) if detail.get("type") == "text/plain" else plain(title)
    link = dict.get(entry, "link")
    at = _moment(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed"))
    possible = at is not None and EARLIEST <= at <= NOW + AHEAD
    return (
        one_line(entry.get("id") or ""),
        absolute(link, URL) if link else None,
        one_line(shown) or None,
        at if possible else None,
    )


def as_we_have_it(found, *, with_id: bool) -> tuple[object, ...]:
    return (found.external_id if with_id else "", found.url, found.title, found.published_at)


def measured(every: int) -> Figures:
    figures = Figures()
    for name, body in corpus(every):
        figures.feeds += 1
        began_at = process_time()
        items = read(body, figures)
        figures.longest_s = max(figures.longest_s, process_time() - began_at)
        for entry in feedparser.parse(io.BytesIO(body)).entries:
            expected = as_feedparser_has_it(entry)
            have = [as_we_have_it(found, with_id=bool(expected[0])) for found in items]
            shared_id = [(str(one[0]).partition("#")[0], *one[1:]) for one in have]
            same = expected in have or expected in shared_id
            figures.entries += 1
            figures.same += same
            figures.differing += [] if same else [f"{name}: {expected}"]
    return figures


def read(body: bytes, figures: Figures):
    try:
        parsed = feed.parse(body, URL, "", NOW)
    except Trouble as trouble:
        figures.troubles[type(trouble).__name__] += 1
        return ()
    figures.refused_links += parsed.refused_links
    figures.impossible_dates += parsed.impossible_dates
    figures.refused += len(parsed.refused)
    figures.fast_agrees[parsed.fast_agrees] += 1
    return parsed.items


@pytest.mark.shared
@pytest.mark.skipif(
    not CORPUS.exists(), reason="the feeds corpus (shared/eval/feeds) is not beside the checkout"
)
@pytest.mark.parametrize(
    "every", [pytest.param(10, id="a tenth"), pytest.param(1, id="whole", marks=pytest.mark.slow)]
)
def test_it_reads_the_corpus_as_feedparser_does(every):
    figures = measured(every)
    print(figures)
    assert figures.same >= SAME * figures.entries, figures.differing
    assert figures.longest_s < LONGEST_S
