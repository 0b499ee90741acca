"""A page whose paragraphs appear, change and disappear while it is read: whatever it shows for long enough is told."""

from __future__ import annotations

import random

import pytest
from simulated import Place, read_at_random

from listener.connector import registry
from listener.connector.testing import Reply

DIGITS = ("oak", "elm", "ash", "fir", "yew", "box", "bay", "fig", "may", "nut")


def paragraph(thing):
    """No two differ in digits alone: those are taken for counters."""
    tree = " ".join(DIGITS[int(digit)] for digit in str(thing.number))
    return f"{tree}: {thing.by} wrote that Mills {'has changed its mind about' if thing.edited_at else 'sells'} {tree}."


class Site:
    """The page in one of its shapes; `first` is what it showed when it was looked at first."""

    def __init__(self, shape):
        self.shape = shape
        self.first = None

    def __call__(self, _method, url, place):
        if not url.endswith("/news"):
            return Reply(status=404)
        shown = [paragraph(one) for one in place.visible()]
        place.chance.shuffle(shown)
        if self.first is None:
            self.first = set(shown)
        words = "".join(self.shape.format(one) for one in [*STANDING, *shown])
        token = place.chance.random()
        page = f"<html lang=en><title>Mills</title><body><nav>{token}</nav><main>{words}</main></body></html>"
        return Reply(headers={"content-type": "text/html"}, body=page.encode())


STANDING = tuple(
    f"{one} is a wood that Mills has sold to carpenters in Halifax since long ago." for one in DIGITS
)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("shape", ["<p>{}</p>", "<ul><li>{}</li></ul>", "<section><div>{}</div></section>"])
def test_whatever_it_shows_for_long_enough_is_told(shape, seed):
    site = Site(shape)
    place = Place(chance=random.Random(seed), busy=0.15, edits=0.3)
    place.go_on(place.latest * 6)
    read = read_at_random(
        "company_page",
        registry.find("company_page").options(url="https://mills.example/news"),
        site,
        seed=seed,
        polls=12,
        place=place,
        name=paragraph,
        told=lambda found: found.text.splitlines(),
    )
    owed = read.owed - site.first
    assert owed, "nothing was owed"
    assert owed - read.stored == set()
    assert read.stored & (site.first | set(STANDING)) == set()
