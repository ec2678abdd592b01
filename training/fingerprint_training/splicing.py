"""Files spliced of functions by people and by models, and pure ones to hold beside them."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fingerprint_features.languages import PARSED, normalise
from fingerprint_features.parts import cut
from fingerprint_features.sample import Sample
from fingerprint_training.corpora import Corpus

MIXED, ONE_SOURCE, TWO_SOURCES = "mixed", "one_source", "two_sources"
KINDS = (MIXED, ONE_SOURCE, TWO_SOURCES)
"""Of human and AI functions; of one side and one source; of one side, and two sources by turns,
which tells whether a change of author is taken for a change between human and AI."""

SEGMENTS = (2, 5)
FUNCTIONS = (1, 4)
"""Least and most segments of a file, and functions of a segment; a segment has one source."""

MOST_FUNCTIONS = SEGMENTS[1] * FUNCTIONS[1]
"""Functions that a source must have in a language: the longest file may be all of one."""

LINES = (5, 80)
"""Lines that are not blank of a function that is used."""

MOST_OF_SOURCE = 400
"""Functions kept of one source and language: more would only cost memory."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A function of a corpus; `ai` tells its side, `source` where it comes from."""

    code: str
    language: str
    source: str
    ai: bool


@dataclass(frozen=True, slots=True)
class SplicedFile:
    """A made file; `truth` (lines,) is 1 on lines by a model, 0 by a person, -1 on blank ones.

    `group` names the source that it is resampled by: its human one where it has one.
    """

    code: str
    language: str
    kind: str
    group: str
    truth: npt.NDArray[np.int8]


def halves(made_of: Iterable[Snippet]) -> tuple[list[Snippet], list[Snippet]]:
    """Return the snippets in two halves of as many owners of sources on either side.

    All sources of one owner (what stands before the slash) are in one half.
    """
    kept = list(made_of)
    half: dict[str, int] = {}
    for ai in (False, True):
        owners = {_owner(one) for one in kept if one.ai == ai} - set(half)
        half |= {name: number % 2 for number, name in enumerate(sorted(owners, key=_ticket))}
    first, second = ([one for one in kept if half[_owner(one)] == side] for side in (0, 1))
    return first, second


def snippets(corpus: Corpus, *, human: str) -> list[Snippet]:
    """Return the functions of a corpus's samples that have a grammar, each text once."""
    found: dict[str, Snippet] = {}
    taken: dict[tuple[str, str], int] = defaultdict(int)
    columns = (corpus.column(name) for name in ("code", "label", "language", "source"))
    for code, label, stated, source in zip(*columns, strict=True):
        language = normalise(stated) if stated else ""
        if language not in PARSED or taken[source, language] >= MOST_OF_SOURCE:
            continue
        for text in _functions(code, language):
            if text not in found:
                found[text] = Snippet(text, language, source, label != human)
                taken[source, language] += 1
    return list(found.values())


def splice(made_of: Iterable[Snippet], each: int, *, seed: int = 0) -> list[SplicedFile]:
    """Return `each` files of every kind, pure ones by turns human and AI.

    Languages are drawn alike, then sources, then functions without replacement. Two sources are
    drawn where a side has two in some language, else there are no such files of it. Raises
    ValueError where no language has a source on either side with functions enough.
    """
    randomness = random.Random(seed)  # noqa: S311 - sampling, no secret
    shelves = _shelves(made_of)
    if not shelves:
        raise ValueError(
            f"no language has a human source and another of {MOST_FUNCTIONS} functions each: "
            "give corpora with more of them"
        )
    made = []
    for kind in KINDS:
        for number in range(each):
            ai, wanted = bool(number % 2), 2 if kind == TWO_SOURCES else 1
            fits = [sides for sides in shelves if len(sides[ai]) >= wanted]
            if fits:
                made.append(_file(kind, ai, randomness.choice(fits), randomness))
    return made


def _shelves(made_of: Iterable[Snippet]) -> list[dict[bool, dict[str, list[Snippet]]]]:
    """Return the snippets by side and source, one entry a language that has both sides."""
    found: dict[str, dict[bool, dict[str, list[Snippet]]]] = {}
    for one in made_of:
        sides = found.setdefault(one.language, {False: {}, True: {}})
        sides[one.ai].setdefault(one.source, []).append(one)
    usable = [
        {ai: {k: v for k, v in by.items() if len(v) >= MOST_FUNCTIONS} for ai, by in sides.items()}
        for _, sides in sorted(found.items())
    ]
    return [sides for sides in usable if sides[False] and sides[True]]


def _owner(one: Snippet) -> str:
    return one.source.split("/")[0].casefold()


def _ticket(owner: str) -> bytes:
    return hashlib.blake2b(owner.encode(errors="replace"), digest_size=8).digest()


def _functions(code: str, language: str) -> list[str]:
    made = cut(Sample(code, language))
    filled = set(made.filled)
    least, most = LINES
    return [
        part.code
        for part in made.parts
        if part.name and least <= len(filled.intersection(range(part.start, part.end + 1))) <= most
    ]


def _file(
    kind: str, ai: bool, sides: dict[bool, dict[str, list[Snippet]]], randomness: random.Random
) -> SplicedFile:
    if kind == MIXED:
        sources = [randomness.choice(list(sides[side].values())) for side in (False, True)]
    else:
        wanted = 1 if kind == ONE_SOURCE else 2
        sources = randomness.sample(list(sides[ai].values()), wanted)
    group = sources[0][0].source
    piles = [randomness.sample(pile, len(pile)) for pile in sources]
    randomness.shuffle(piles)
    chosen: list[Snippet] = []
    for segment in range(randomness.randint(*SEGMENTS)):
        pile = piles[segment % len(piles)]
        chosen += [pile.pop() for _ in range(randomness.randint(*FUNCTIONS))]
    return _joined(chosen, kind, group)


def _joined(chosen: Sequence[Snippet], kind: str, group: str) -> SplicedFile:
    lines: list[str] = []
    truth: list[int] = []
    for one in chosen:
        own = [*one.code.rstrip("\n").split("\n"), ""]
        lines += own
        truth += [int(one.ai) if line.strip() else -1 for line in own]
    code = "\n".join(lines)
    return SplicedFile(code, chosen[0].language, kind, group, np.array(truth, dtype=np.int8))
