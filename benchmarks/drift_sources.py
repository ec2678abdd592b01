"""How often `fingerprint drift --by sources` alarms, with and without AI code in what comes in.

    python benchmarks/drift_sources.py CORPUS REPOSITORIES... [--cache DIR] [--runs N] [--repeats N]

CORPUS, with columns code, language, family, model and source, only teaches the heads: answers are
of linear heads that did not see a sample's repository. REPOSITORIES are corpora of `fingerprint
mine`, best of the same repositories with and without agents. Whole repositories of human code are
parted into a reference and what comes in; a part of every one that comes in is replaced, in its
language, and nothing else changes:

- "other": by code of one other repository that is on neither side, declared as an agent's or, as
  the control, human too. What the control finds is the mixing of two repositories, and no author.
- "own": by the repository's own later code, declared or, as the control, undeclared.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from planted import IntArray, Random, answered, joined, kinds, rates, say, seeds

import fingerprint
from fingerprint.drift.measured import Measured, measured
from fingerprint.drift.rows import Columns, read_rows
from fingerprint_models.model import Model

HUMAN, LATER, MACHINE = "human", "undeclared", "declared"
SIZE = 60  # samples of a repository, in one language
KEPT = 150  # samples of a repository, an author and a language, from which they are drawn
HOSTS = 0.2  # of the human repositories come in, and as many are planted in the control
FEWEST_OF_LANGUAGE = 3  # human repositories of a language, or it has none to plant
PLANTED = (0.0, 0.1, 0.3, 1.0)

Place = tuple[str, str, str]  # author, repository, language


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus")
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--runs", type=int, default=120, help="splits without drift")
    parser.add_argument("--repeats", type=int, default=40, help="of each planted drift")
    parser.add_argument("--draws", type=int, default=200)
    arguments = parser.parse_args()
    start = time.monotonic()
    paths = [arguments.corpus, *arguments.repositories]
    _by_sources(_repositories(paths, fingerprint.load(), arguments.cache), arguments)
    say(f"{time.monotonic() - start:.0f} s")


def _by_sources(whole: Measured, arguments: argparse.Namespace) -> None:
    """Print the alarms by sources without drift, with what is planted, and with its controls."""
    places = _places(whole)
    counts = {place: len(rows) for place, rows in places.items()}
    for author in (HUMAN, MACHINE):
        main = _main_languages(counts, author)
        found = []
        for random in seeds(arguments.runs):
            rows = [random.permutation(places[author, *each])[:SIZE] for each in main.items()]
            sides = _parted(whole.take(np.concatenate(rows)), random)
            found.append(kinds(*sides, arguments.draws, random, by="sources"))
        rates(f"no drift, by sources, {len(main)} repositories, {author}", found)
    for name, deal in (("other", _dealt_other), ("own", _dealt_own)):
        cells: dict[str, list[set[str]]] = {}
        for run, random in enumerate(seeds(arguments.repeats)):
            dealt = deal(counts, random)
            if not run:
                say(f"{name}: {len(dealt.reference)} repositories, {len(dealt.hosts)} come in")
            for cell, sides in _cells(whole, places, dealt, random):
                chance = np.random.default_rng((8, run))  # the same draws for every cell
                found_kinds = kinds(*sides, arguments.draws, chance, by="sources")
                cells.setdefault(cell, []).append(found_kinds)
        for cell, found in cells.items():
            rates(f"{name}, {cell}", found)


def _parted(whole: Measured, random: Random) -> tuple[Measured, Measured]:
    """Part the sources two to one."""
    names = random.permutation(np.unique(whole.source))
    now = np.isin(whole.source, names[: len(names) // 3])
    return whole.take(~now), whole.take(now)


def _cells(
    whole: Measured, places: dict[Place, IntArray], deal: Deal, random: Random
) -> Iterator[tuple[str, tuple[Measured, Measured]]]:
    """Yield reference and current side for each share and author of what is planted."""

    def drawn(who: str, repositories: list[tuple[str, str]]) -> list[IntArray]:
        return [random.permutation(places[who, *each])[:SIZE] for each in repositories]

    reference = whole.take(np.concatenate(drawn(HUMAN, deal.reference)))
    own = drawn(HUMAN, deal.hosts)
    names = np.repeat([host for host, _ in deal.hosts], SIZE)
    languages = [language for _, language in deal.hosts]
    for author, givers in deal.donors.items():
        given = drawn(author, list(zip(givers, languages, strict=True)))
        for share in PLANTED:
            if not share and author == MACHINE:
                continue  # nothing is planted: the same sides as above
            many = round(share * SIZE)
            rows = [np.r_[new[:many], old[many:]] for new, old in zip(given, own, strict=True)]
            current = replace(whole.take(np.concatenate(rows)), source=names)
            yield f"{share:.0%} {author if share else 'planted'}", (reference, current)


def _repositories(paths: list[str], model: Model, cache: Path | None) -> Measured:
    """Return a part of the mined samples; the first corpus only teaches the heads.

    `task` is the author: `HUMAN`, `LATER` or `MACHINE`. Labels are blank, as of what comes in.
    """
    parts = []
    for at, path in enumerate(paths):
        rows = read_rows([path], Columns(label="family") if at == 0 else Columns(), most=10**6)
        part = measured(rows, model, cache=cache)
        author = np.where(np.isin(part.label, (HUMAN, LATER)), part.label, MACHINE)
        part = replace(part, task=author if at else np.full(len(part), ""))
        random = np.random.default_rng(0)
        some = [random.permutation(each)[:KEPT] for each in _places(part).values()]
        parts.append(part.take(np.concatenate(some)) if at else part)
    whole = answered(joined(parts), model.decision)
    return replace(whole, label=np.full(len(whole), "")).take(whole.task != "")


def _places(side: Measured) -> dict[Place, IntArray]:
    names = (column.tolist() for column in (side.task, side.source, side.language))
    found: dict[Place, list[int]] = {}
    for at, place in enumerate(zip(*names, strict=True)):
        found.setdefault(place, []).append(at)
    return {place: np.array(rows) for place, rows in found.items()}


@dataclass(frozen=True)
class Deal:
    """Reference and `hosts`, which come in, with their languages; by author, who gives to each."""

    reference: list[tuple[str, str]]
    hosts: list[tuple[str, str]]
    donors: dict[str, list[str]]


def _main_languages(counts: dict[Place, int], author: str) -> dict[str, str]:
    """Return the language of which a repository has the most samples, if `SIZE` or more."""
    found: dict[str, str] = {}
    for (who, source, language), count in sorted(counts.items(), key=lambda each: -each[1]):
        if who == author and count >= SIZE:
            found.setdefault(source, language)
    return found


def _dealt_other(counts: dict[Place, int], random: Random) -> Deal:
    """Draw hosts, and for each a human repository and a machine's of its language to give to it.

    No repository plays two parts, nor gives twice: one whose declared code is planted is left out
    of the reference.
    """
    machine: dict[str, set[str]] = {}
    for (who, source, language), count in counts.items():
        if who == MACHINE and count >= SIZE:
            machine.setdefault(language, set()).add(source)
    main = _main_languages(counts, HUMAN)
    common = Counter(main.values())
    main = {
        source: language
        for source, language in main.items()
        if common[language] >= FEWEST_OF_LANGUAGE and language in machine
    }
    order = random.permutation(sorted(main)).tolist()
    free, hosts = set(order), list[tuple[str, str]]()
    people, tools = list[str](), list[str]()
    for host in order:
        language = main[host]
        others = [each for each in order if each in free - {host} and main[each] == language]
        able = machine[language] - {host, *others[:1], *people, *tools, *dict(hosts)}
        if host not in free or not others or not able:
            continue
        hosts.append((host, language))
        people.append(others[0])
        tools.append(str(random.choice(sorted(able))))
        free -= {host, people[-1], tools[-1]}
        if len(hosts) >= HOSTS * len(order):
            break
    reference = [(each, main[each]) for each in order if each in free]
    return Deal(reference, hosts, {HUMAN: people, MACHINE: tools})


def _dealt_own(counts: dict[Place, int], random: Random) -> Deal:
    """Draw half of the repositories that have enough of all three authors in a language."""
    able = {
        place: count
        for place, count in counts.items()
        if min(counts.get((who, *place[1:]), 0) for who in (HUMAN, LATER, MACHINE)) >= SIZE
    }
    mixed = _main_languages(able, HUMAN)
    hosts = random.permutation(sorted(mixed)).tolist()[: len(mixed) // 2]
    main = _main_languages(counts, HUMAN)
    reference = [(each, main[each]) for each in sorted(set(main) - set(hosts))]
    return Deal(reference, [(each, mixed[each]) for each in hosts], {LATER: hosts, MACHINE: hosts})


if __name__ == "__main__":
    main()
