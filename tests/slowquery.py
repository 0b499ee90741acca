"""What a query means, said a second time: slowly, and so that each rule can be read off.

It shares nothing with listener/domain but the tree, the item and `normalise`, and looks at title and text one after the other,
at every place, with every pair. `holds` is what the fast evaluator and the percolator are held against.
"""

import re
import unicodedata
from itertools import product

from listener.domain.tree import (
    And,
    Domain,
    Exact,
    Followers,
    Handle,
    In,
    Known,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Tag,
)
from listener.domain.words import normalise

SPACELESS = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7ff]")
DOT = re.compile(r"\s{0,3}[\[({]\s{0,3}(\.|dot)\s{0,3}[\])}]\s{0,3}", re.IGNORECASE)
OPENS, CLOSES = "\ue000", "\ue001"  # for private use: no text has them


def holds(node, item, tell=None, where=None):
    """Whether the query is true of the item."""
    match node:
        case Not(part):
            return not holds(part, item, tell, where)
        case And(parts):
            return all(holds(part, item, tell, where) for part in parts)
        case Or(parts):
            return any(holds(part, item, tell, where) for part in parts)
        case In(part_of_item, part):
            return holds(part, item, tell, part_of_item)
    return leaf_holds(node, item, tell, where)


def leaf_holds(leaf, item, tell, where):
    match leaf:
        case Known(fact, value):
            return fact_holds(fact, value, item, tell)
        case Followers(least, most):
            reach = item.reach
            return reach is not None and (least or 0) <= reach <= (reach if most is None else most)
        case Domain(host) if where in {None, "text"} and any(links_to(link, host) for link in item.links):
            return True
    return any(places(leaf, raw) for raw in passages(item, where))


def passages(item, where):
    """The texts that are looked into, one by one; a NUL parts a text in two."""
    title = [item.title] if item.title else []
    texts = {None: [*title, item.text], "title": title, "text": [item.text], "author": item.author}[where]
    return [piece for text in texts for piece in text.split("\0")]


def fact_holds(fact, value, item, tell):
    match fact:
        case "site":
            return item.site is not None and ("." + item.site).endswith("." + value)
        case "kind":
            return item.kind == value
        case "url":
            return value.lower() in (item.url or "").lower()
        case "source":
            return bool(places(Phrase(value), item.source))
    said = item.language or (tell and tell(f"{item.title}\n{item.text}" if item.title else item.text)) or ""
    subtags = said.lower().replace("_", "-").split("-")
    wanted = value.lower().split("-")
    return subtags[: len(wanted)] == wanted


def links_to(link, host):
    found = re.fullmatch(r"(?i)https?://(?:[^/@]*@)?([^/:?#]+).*", link)
    return found is not None and ("." + found[1].lower()).endswith("." + host)


def places(node, raw):
    """Where a term or a NEAR stands, as places in the folded text; all of them."""
    match node:
        case Near(left, right, within, ordered):
            return near_places(left, right, within, ordered, raw)
        case Or(parts):
            return {place for part in parts for place in places(part, raw)}
        case Exact(text):
            return {folded_place(raw, place) for place in exact_places(text, raw)}
        case Domain(host):
            return {folded_place(raw, place) for place in domain_places(host, raw)}
    return set(plain_places(node, normalise(raw)))


def near_places(left, right, within, ordered, raw):
    folded = normalise(raw)
    found = set()
    for one, other in product(places(left, raw), places(right, raw)):
        forward = one[1] <= other[0] and words_between(folded, one[1], other[0]) <= within
        back = not ordered and other[1] <= one[0] and words_between(folded, other[1], one[0]) <= within
        if forward or back:
            found.add((min(one[0], other[0]), max(one[1], other[1])))
    return found


def words_between(folded, start, end):
    """The words that begin in between: a word is a run of letters, digits and marks with apostrophes inside, or one character of
    a script without spaces.
    """
    return sum(begins_word(folded, index) for index in range(start, end))


def begins_word(folded, index):
    if SPACELESS.match(folded[index]) and folded[index].isalnum():
        return True
    if not folded[index].isalnum():
        return False
    before = folded[:index].removesuffix("'")
    return not (before and continues_word(before[-1]))


def continues_word(character):
    """A letter, digit or mark, but not of a script without spaces."""
    return unicodedata.category(character)[0] in "LNM" and not SPACELESS.match(character)


def plain_places(term, folded):
    written = normalise(term.written.removesuffix("*") if isinstance(term, Prefix) else term.written)
    for start in range(len(folded) - len(written) + 1):
        end = start + len(written)
        if folded[start:end] != written:
            continue
        if isinstance(term, Handle | Tag) or (written[0] in "@#" and " " not in written):
            fits = is_whole_name(written, folded, start, end)
        else:
            fits = fits_as_word(written, folded, start, end, open_end=isinstance(term, Prefix))
        if fits:
            while isinstance(term, Prefix) and end < len(folded) and continues_word(folded[end]):
                end += 1
            yield start, end


def is_whole_name(written, folded, start, end):
    """@mills is neither in info@mills nor in @mills_ca, @mills.social and @mills@social; #mills is not in #mills三井."""
    before, after = folded[:start][-1:], folded[end:]
    if before and (before == "_" or continues_word(before)):
        return False
    if written[0] == "@":
        joined = "" if not SPACELESS.match(written[-1]) else after[:1]
        after = after[1:] if after[:1] in {".", "-", "@"} else after
        return not (after and (after[0] == "_" or continues_word(after[0]))) and not joined.isalnum()
    return not (after and (after[0] == "_" or continues_word(after[0]) or after[0].isalnum()))


def fits_as_word(written, text, start, end, *, open_end=False):
    """Letters and digits at an edge of the term are the edge of a word in the text; a _ that wraps a word does not lengthen it."""
    before, after = text[:start].rstrip("_")[-1:], text[end:].lstrip("_")[:1]
    left = written[0] == "_" or continues_word(written[0])
    right = written[-1] == "_" or continues_word(written[-1])
    runs_in = left and before and continues_word(before)
    runs_on = right and after and continues_word(after)
    return not runs_in and (open_end or not runs_on)


def exact_places(written, raw):
    """These very characters; composed letters are written in two ways."""
    for form in {unicodedata.normalize(form, written) for form in ("NFC", "NFD")} | {written}:
        for start, end in ((a, b) for a in range(len(raw)) for b in range(a + 1, len(raw) + 1)):
            piece = raw[start:end]
            if piece.strip() != piece or " ".join(piece.split()) != form:
                continue
            composes = raw[end:] and unicodedata.combining(raw[end])
            if not composes and fits_as_word(form, raw, start, end):
                yield start, end


def domain_places(host, raw):
    """Every run of labels that is the host or one below it; also the run between two characters of scripts without spaces."""
    for run in host_runs(undotted(raw)):
        pieces = [[]]
        for sign in run:
            if SPACELESS.match(sign[0]):
                pieces.append([])
            else:
                pieces[-1].append(sign)
        whole_or_apart = [run] if len(pieces) == 1 else [run, *(piece for piece in pieces if is_apart(piece))]
        for piece in map(trimmed, whole_or_apart):
            name = "".join(sign for sign, _, _ in piece)
            if "." in name and ("." + unicodedata.normalize("NFKC", name).casefold()).endswith("." + host):
                yield piece[0][1], piece[-1][2]


def undotted(raw):
    """Characters with their places; dots in brackets are dots, invisible characters are none."""
    index = 0
    while index < len(raw):
        dot = DOT.match(raw, index)
        end = dot.end() if dot else index + 1
        if raw[index] not in "\u200b\u00ad":
            yield ("." if dot else raw[index], index, end)
        index = end


def host_runs(signs):
    """Stretches of labels with one dot between each two; not what stands before the @ of an address."""
    runs = [[]]
    for sign in signs:
        character = sign[0]
        if continues_word(character) or SPACELESS.match(character) or character in "_-.":
            runs[-1].append(sign)
        else:
            runs.append([sign])
            runs.append([])
    for run, behind, after in zip(runs[::2], [*runs[1::2], []], [*runs[2::2], []], strict=True):
        address = behind and behind[0][0] == "@" and after and after[0][0].isalnum()
        stretches = between_double_dots(run)
        yield from stretches[:-1] if address else stretches


def between_double_dots(run):
    stretches = [[]]
    for sign, following in zip(run, [*run[1:], None], strict=False):
        if sign[0] == "." and (not stretches[-1] or following is None or following[0] == "."):
            stretches.append([])
        else:
            stretches[-1].append(sign)
    return stretches


def is_apart(piece):
    return bool(piece) and piece[0][0] != "." and piece[-1][0] != "."


def trimmed(piece):
    """Without what wraps the host, and without the -made of mills.example-made."""
    while piece and piece[0][0] in "_-":
        piece = piece[1:]
    last = len(piece) - next((n for n, sign in enumerate(reversed(piece)) if sign[0] == "."), len(piece))
    for index in range(last + 1, len(piece)):
        if piece[index][0] in "_-":
            return piece[:index]
    return piece


def folded_place(raw, place):
    """The place in the folded text: its edges are marked, and the marks are looked for once it is folded."""
    start, end = place
    marked = normalise(raw[:start] + OPENS + raw[start:end] + CLOSES + raw[end:])
    return marked.index(OPENS), marked.index(CLOSES) - len(OPENS)
