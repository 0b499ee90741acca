"""From numbers to what a person reads: the neutral messages of incidents, of rules that gather and of what can be heard."""

from listener.alerting.wording.addressed import addressed, alert_id
from listener.alerting.wording.figures import clock, count, parted, span
from listener.alerting.wording.firing import firing, good_news
from listener.alerting.wording.places import address, called, host, place, quote
from listener.alerting.wording.plain import gathered, health, resolved
from listener.alerting.wording.proof import Lately, Proof, facts, tell_most, word_facts, words_sentence

__all__ = [
    "Lately",
    "Proof",
    "address",
    "addressed",
    "alert_id",
    "called",
    "clock",
    "count",
    "facts",
    "firing",
    "gathered",
    "good_news",
    "health",
    "host",
    "parted",
    "place",
    "quote",
    "resolved",
    "span",
    "tell_most",
    "word_facts",
    "words_sentence",
]
