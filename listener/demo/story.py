"""What happens in the invented world: who says what, and when. All names are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

CLIENT = "Harbor Lane Coffee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Somebody says something in a place, so many minutes after the curtain rises (before it, where negative)."""

    place: str
    minute: int
    who: str
    text: str

    @property
    def after(self) -> timedelta:
        return timedelta(minutes=self.minute)


def _talk(minute: int, who: str, text: str) -> Line:
    return Line(place="town-talk", minute=minute, who=who, text=text)


def _news(minute: int, text: str) -> Line:
    return Line(place="gazette", minute=minute, who="", text=text)


_DID = (
    "Morning coffee",
    "Met an old friend",
    "Waiting for the rain to stop",
    "Working from a corner table",
    "My free cup of the month",
    "Cinnamon rolls",
    "Long queue",
    "A new barista",
    "Oat milk again",
    "Good music",
)
_WHEN = (
    "before the ferry",
    "on Mill Street",
    "with the children",
    "after the market",
    "between two meetings",
    "on my way to the library",
    "as every Tuesday",
    "in the sun",
    "with a view of the harbour",
    "while the car is washed",
)

PAST = tuple(
    _talk(-1440 * (2 + day) - 97 * number, f"guest{10 * day + number}", f"{did} at {CLIENT} {when}")
    for day, when in enumerate(_WHEN)
    for number, did in enumerate(_DID)
)
"""What a town says of its coffee in ten days: against it one sees which words are new."""

LINES = (
    *PAST,
    _news(-3000, "Harbor Lane Coffee opens its fourth shop on Mill Street"),
    _news(-1500, "Council approves the new bicycle lane"),
    _talk(-900, "ines", "Best flat white in town is still at Harbor Lane Coffee"),
    _talk(-300, "tom", "Does anyone know a good plumber?"),
    _talk(14, "joao", "Harbor Lane Coffee has the nicest people, they remembered my order. Lovely place!"),
    _news(22, "Harbor Lane Coffee wins the regional roaster award, the jury praised its great quality"),
    _talk(30, "petra", "The rain is terrible today"),
    _talk(
        41, "mara", "Harbor Lane Coffee charged my card twice this morning and nobody answers. Awful service."
    ),
    _talk(46, "deniz", "Same here! Harbor Lane Coffee took the money twice, I am really angry"),
    _talk(
        49,
        "oskar",
        "Careful with the Harbor Lane Coffee app, charged twice and the refund was refused. Terrible.",
    ),
    _talk(53, "lucia", "I hate this: double charge at Harbor Lane Coffee and rude support on the phone"),
    _talk(55, "mara", "Still no refund from Harbor Lane Coffee, worst company ever"),
    _talk(
        58,
        "yusuf",
        "Harbor Lane Coffee ruined my morning, card declined because of their double charge. Horrible.",
    ),
    _news(63, "Harbor Lane Coffee customers angry about a terrible payment failure"),
    _talk(
        66, "kim", "Not going back to Harbor Lane Coffee, they lost my refund and lied about it. Disgusting."
    ),
    _talk(150, "ines", "Harbor Lane Coffee refunded everybody and gave a free cake. Great, thank you!"),
)
