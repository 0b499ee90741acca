"""A wire and its forty papers: copies of an article as papers print them, and reports that one template makes of different news."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

Dice = random.Random

BEFORE = (
    "Sign up for our newsletter to get the latest news in your inbox every morning. Share this article on Facebook, Twitter and WhatsApp.",
    "Home / News / Business. Published today at 10:42 by the newsroom. Reading time: three minutes. Listen to this article in our app.",
    "Support local journalism. Our reporters are on the ground every day to bring you what matters to you and your family.",
)
AFTER = (
    "This story was first published by the Gazette. All rights reserved. No part of it may be copied. Contact the newsroom with tips at any time.",
    "More on this: ten things to do this weekend, and where to eat on a budget. Follow us on social media for breaking news and sports.",
    "Comments are open for subscribers. Be kind, stay on topic, and report what breaks our rules. Most read: weather, traffic, obituaries.",
)


def framed(text: str, dice: Dice, words: Sequence[str]) -> str:  # noqa: ARG001 - each way of copying is called alike
    """With a paper's own sentences around it."""
    return f"{dice.choice(BEFORE)} {text} {dice.choice(AFTER)}"


def cut(text: str, dice: Dice, words: Sequence[str]) -> str:  # noqa: ARG001 - as above
    """The first 60 % of its words."""
    kept = text.split()
    return " ".join(kept[: len(kept) * 6 // 10])


def edited(share: float) -> Callable[[str, Dice, Sequence[str]], str]:
    """That share of the words replaced, dropped or followed by another one, each as often; new words are taken from other articles."""

    def edit(text: str, dice: Dice, words: Sequence[str]) -> str:
        written = []
        for word in text.split():
            if dice.random() >= share:
                written.append(word)
                continue
            way = dice.randrange(3)
            written += [dice.choice(words)] if way == 0 else [word, dice.choice(words)] if way == 1 else []
        return " ".join(written)

    return edit


def replaced(share: float) -> Callable[[str, Dice, Sequence[str]], str]:
    """That share of the words replaced by words of other articles: the hardest kind of edit."""

    def replace(text: str, dice: Dice, words: Sequence[str]) -> str:
        return " ".join(dice.choice(words) if dice.random() < share else word for word in text.split())

    return replace


COPIES: Mapping[str, Callable[[str, Dice, Sequence[str]], str]] = {
    "boilerplate before and after": framed,
    "cut to 60 %": cut,
    "5 % of words edited": edited(0.05),
    "20 % of words edited": edited(0.2),
    "20 % of words replaced": replaced(0.2),
    "cut to 60 %, boilerplate around": lambda text, dice, words: framed(cut(text, dice, words), dice, words),
}

SHARES = """\
{a} ({b}) Shares Down {n1}.{n2}%. {a} shares dropped {n1}.{n2}% during mid-day trading on {day}. The company traded as low as ${n3}.{n4} and \
last traded at ${n5}.{n4}. Approximately {n6} shares changed hands during trading, a decline of {n2}% from the average daily volume. The stock \
had previously closed at ${n5}.{n2}. Several equities research analysts recently commented on {b} shares. {c} upped their price target on {a} \
and gave the company an overweight rating in a research report on {day}. Three analysts have rated the stock with a sell rating, five have \
issued a hold rating and two have given a buy rating to the company. The business has a 50-day moving average price of ${n3}.{n1} and a \
200-day moving average of ${n5}.{n1}. The company has a market capitalization of ${n2}.{n4} billion."""
WEATHER = """\
Weather in {town}: mild and unsettled. The forecast for {town} on {day} shows temperatures between {n1} and {n2} degrees with winds of up \
to {n3} kilometres an hour. Showers are possible in the afternoon, and visibility will be good on higher ground. Residents of {town} should \
take care on the roads in the morning hours, the weather service said in its daily bulletin. The outlook for the rest of the week is \
unsettled, with a chance of rain of {n4} per cent on the following day. The next bulletin will be issued in the evening."""
DEATH = """\
{name} {family}, {n4}, of {town}, passed away on March {n1}, 2026, surrounded by family. Born in {town2} to the late {name2} and {name3} \
{family}, {name} was a devoted parent and friend who will be dearly missed by all who knew them. {name} is survived by three children and \
seven grandchildren. Visitation will be held on {day} from 2 to 4 p.m. at {family2} Funeral Home, followed by a service at St. {name4} \
Church. In lieu of flowers, donations may be made to the charity of your choice. Online condolences may be left at the funeral home's site."""
MARKET = """\
Global {thing} Market Report 2026: Industry Analysis, Size, Share, Growth, Trends and Forecast. The global {thing} market size is expected \
to reach USD {n3} billion by 2031, rising at a market growth of {n1}.{n2}% CAGR during the forecast period. The report offers a comprehensive \
analysis of the {thing} market, including drivers, restraints, opportunities and the competitive landscape. Key players operating in the \
{thing} market include {a} and {c}. The study provides historical data and forecasts for each segment by product type, application and \
region, covering North America, Europe, Asia Pacific and the rest of the world. Request a sample copy of this report on our website."""
POLICE = """\
Police appeal for witnesses after collision on {street}. Officers were called to {street} in {town} at about {n1}.{n4}pm on {day} after a \
report of a collision between a {car} and a {car2}. The driver, a {n4}-year-old from {town2}, was taken to hospital with injuries that are not \
thought to be life-threatening. The road was closed for several hours while an investigation took place. Anyone who saw what happened or \
who has dashcam footage is asked to call the force on 101, quoting reference {n6}, or Crimestoppers anonymously on 0800 555 111."""
TEMPLATES = {"shares": SHARES, "weather": WEATHER, "deaths": DEATH, "markets": MARKET, "police": POLICE}

_FIRMS = [
    "Globex Corp",
    "Initech",
    "Umbrella Holdings",
    "Hooli",
    "Vandelay Industries",
    "Soylent",
    "Stark Energy",
    "Wonka Foods",
    "Tyrell",
    "Cyberdyne",
]
_TOWNS = (
    "Halifax",
    "Truro",
    "Sydney",
    "Amherst",
    "Dartmouth",
    "Lunenburg",
    "Windsor",
    "Kentville",
    "Bridgewater",
    "Yarmouth",
)
_NAMES = ("Anna", "George", "Mary", "Harold", "Edith", "Frank", "Joan", "Peter", "Ruth", "Walter")
_FAMILIES = (
    "Fraser",
    "MacDonald",
    "Chisholm",
    "Boudreau",
    "Comeau",
    "Landry",
    "Zwicker",
    "Corkum",
    "Deveau",
    "Saulnier",
)
_THINGS = [
    "Marble Cutters",
    "Fall Protection",
    "GPS",
    "Microwave Devices",
    "Yoga Mats",
    "Pet Insurance",
    "Drone Batteries",
    "Smart Locks",
    "Tea",
    "Skis",
]
_CARS = ("Ford Focus", "Honda Civic", "VW Golf", "Toyota Yaris", "Kia Rio", "motorcycle", "lorry")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def reports(template: str, dice: Dice, count: int = 10) -> list[str]:
    """The same template, filled in with different news."""
    return [template.format(**_news(number, dice)) for number in range(count)]


def _news(number: int, dice: Dice) -> dict[str, str | int]:
    firm = _FIRMS[number % len(_FIRMS)]
    return {
        "a": firm,
        "b": firm[:3].upper(),
        "c": dice.choice(_FIRMS),
        "town": _TOWNS[number % len(_TOWNS)],
        "town2": dice.choice(_TOWNS),
        "name": dice.choice(_NAMES),
        "name2": dice.choice(_NAMES),
        "name3": dice.choice(_NAMES),
        "name4": dice.choice(_NAMES),
        "family": _FAMILIES[number % len(_FAMILIES)],
        "family2": dice.choice(_FAMILIES),
        "thing": _THINGS[number % len(_THINGS)],
        "street": f"{dice.choice(('Main', 'Queen', 'Water', 'King'))} {dice.choice(('Street', 'Road'))}",
        "car": dice.choice(_CARS),
        "car2": dice.choice(_CARS),
        "day": dice.choice(_DAYS),
        "n1": dice.randint(1, 11),
        "n2": dice.randint(12, 30),
        "n3": dice.randint(31, 70),
        "n4": dice.randint(18, 99),
        "n5": dice.randint(70, 99),
        "n6": dice.randint(1000, 99999),
    }
