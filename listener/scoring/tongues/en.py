"""English."""

from __future__ import annotations

from listener.scoring.tongue import Said, Tongue
from listener.scoring.vader import lexicon_words, steady
from listener.scoring.valence import measure
from listener.scoring.weighed import Weighed

_REASONED_WORDS = 8


def weigh(said: Said) -> Weighed:
    masked = steady(said.masked)
    words = lexicon_words(masked)
    if not said.language.code and not words:
        return Weighed(masked=masked, value=None, reasons=("no English word that says good or bad",))
    reason = "words: " + (", ".join(words[:_REASONED_WORDS]) or "none that says good or bad")
    return Weighed(masked=masked, value=measure(masked).compound, reasons=(reason,))


TONGUE = Tongue(code="en", name="English", version="vader-3.3.2", weigh=weigh)
