"""What is left of a long text, and when two of them tell one story."""

import random
from itertools import combinations

import pytest
from wanted import run_python

from benchmarks.paper import COPIES, TEMPLATES, reports
from benchmarks.stories import same_story
from listener.domain.sketch import ALIKE, QUOTED, Sketch, bands, is_near, resemblance, sketch

GOLDEN = "153 535084374 1207532993 1 5954991240541\n"
ARTICLE = """\
Mills Supply will close its warehouse in Truro in March and move forty jobs to Halifax, the company said on Tuesday. Workers were told at a
meeting that lasted ten minutes. "Nobody asked us," said Rosa Bell, who has packed orders there for eleven years. The union, which learned of
the plan from a customer, wants the province to step in. Mills Supply bought the building from a fish plant in 2009 and doubled it three years
later with a loan that the town of Truro backed. Mayor Jim Harlow said the town expects the loan to be paid back in full. A spokeswoman for
Mills Supply said that orders had fallen since the spring and that the Halifax site, closer to the port, costs less to run. Drivers will be
offered work at both sites, she said, and nobody will be let go before the summer. Truro lost its last cannery in 2019."""
OTHER_PAPER = """\
Forty people in Truro will lose their workplace when Mills Supply moves its warehouse to Halifax this spring. The firm announced the decision
after weeks of rumours in the town. Union leaders called it a slap in the face and plan a rally outside the gates on Saturday. Rosa Bell, one
of those affected, told this paper that she heard it from a driver first. The company points to weak orders and cheaper transport. The town
council will discuss on Thursday what becomes of the money that it guaranteed when the building was enlarged."""
FILLER = ("apple", "river", "stone", "cloud", "window", "paper", "garden", "winter", "letter", "morning")
REPLY = (
    "You have it backwards. They told us in January that all of it was safe, and I have the letter to prove it. "
    * 2
)


def copies(text, way, count=20):
    dice = random.Random(1)
    return [COPIES[way](text, dice, FILLER) for _ in range(count)]


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_is_told_as_its_story(way):
    assert [same_story(ARTICLE, copy) for copy in copies(ARTICLE, way)].count(True) >= 18


def test_another_paper_on_the_same_event_tells_a_story_of_its_own():
    assert resemblance(sketch(ARTICLE), sketch(OTHER_PAPER)) < ALIKE
    assert not same_story(ARTICLE, OTHER_PAPER)


@pytest.mark.parametrize("name", TEMPLATES)
def test_two_reports_of_one_template_are_two_stories(name):
    made = reports(TEMPLATES[name], random.Random(7))
    alike = [resemblance(sketch(one), sketch(other)) for one, other in combinations(made, 2)]
    joined = [same_story(one, other) for one, other in combinations(made, 2)]
    assert min(alike) >= ALIKE  # by their wording alone all would be one
    assert joined.count(True) <= 3


def test_a_name_that_enters_where_the_copy_was_cut_does_not_part_them():
    late = "Later that day Premier Walsh spoke. Premier Walsh is for it. Premier Walsh left."
    assert same_story(ARTICLE, f"{ARTICLE} {late}")


def test_who_quotes_and_answers_has_words_of_his_own():
    quoting, quoted = sketch(f"{ARTICLE}\n{REPLY}"), sketch(ARTICLE)
    assert ALIKE <= resemblance(quoting, quoted) < QUOTED
    assert is_near(quoting, quoted, articles=True)
    assert not is_near(quoting, quoted, articles=False)


def test_a_post_that_changes_a_word_is_the_same_story():
    changed = ARTICLE.replace("spring", "autumn")
    assert is_near(sketch(ARTICLE), sketch(changed), articles=False)


@pytest.mark.parametrize("count", [5, 39])
def test_texts_under_forty_words_have_no_sketch(count):
    assert sketch(" ".join(f"word{number}" for number in range(count))) is None


def test_a_text_without_names_needs_more_of_the_wording():
    plain = (
        " ".join(random.Random(2).choices([*FILLER, *ARTICLE.lower().split()], k=120))
        .replace("2009", "")
        .replace("2019", "")
    )
    some, most = " ".join(plain.split()[:52]), " ".join(plain.split()[:90])
    assert sketch(plain).particulars == b""
    assert not is_near(sketch(plain), sketch(some), articles=True)
    assert is_near(sketch(plain), sketch(most), articles=True)


def test_the_estimate_is_close_to_what_is_shared():
    words = [f"w{number}" for number in range(400)]
    for shared in (100, 200, 300):
        other = words[:shared] + [f"v{number}" for number in range(400 - shared)]
        truth = (shared - 1) / (2 * 399 - (shared - 1))
        assert resemblance(sketch(" ".join(words)), sketch(" ".join(other))) == pytest.approx(truth, abs=0.13)


@pytest.mark.parametrize(
    "text",
    ["新" * 200, "Привет из Галифакса " * 30, "a b " * 5000, "\ud800 " * 60, "١٢٣ ٤٥٦ " * 40, "A1 " * 50],
    ids=range(6),
)
def test_any_text_has_a_sketch_that_is_like_itself(text):
    made = sketch(text)
    assert made is None or (resemblance(made, made) == 1 and is_near(made, made, articles=True))


def test_a_long_text_costs_no_more_than_its_beginning():
    text = " ".join(f"w{number}" for number in range(5000))
    assert sketch(text).length == 999


def test_what_a_sketch_holds_stays_small():
    made = sketch(" ".join(f"Name{number} did this" for number in range(2000)))
    assert (len(made.slots), len(made.bands)) == (256, 42)
    assert len(made.particulars) <= 4 * 128


def test_bands_are_found_again_from_the_slots_that_were_stored():
    made = sketch(ARTICLE)
    assert bands(made.slots) == made.bands
    assert all(0 <= band < 1 << 38 for band in made.bands)


def test_it_is_the_same_in_every_process():
    """Stored sketches outlive the process and the version of Python: these are the numbers of the first day."""
    code = (
        "import sys, zlib; from listener.domain.sketch import sketch; made = sketch(sys.argv[1]);"
        "print(made.length, zlib.crc32(made.slots), zlib.crc32(made.particulars), made.heroes, sum(made.bands))"
    )
    told = {run_python(code, ARTICLE, PYTHONHASHSEED=seed).stdout for seed in ("1", "2")}
    assert told == {GOLDEN}


def test_a_sketch_is_told_by_what_it_holds():
    assert sketch(ARTICLE) == sketch(ARTICLE)
    assert isinstance(sketch(ARTICLE), Sketch)
