"""How often `fingerprint drift --changes` alarms without drift, and how much of it it finds.

    python benchmarks/drift_changes.py REQUESTS CHANGES... [--cache DIR] [--runs N] [--repeats N]

CHANGES are files that `fingerprint mine` wrote, REQUESTS is a table of pull requests as AIDev has
them. Answers are of linear heads that did not see a change's repository. What is planted are
commits of agents that the model does not know. At the end: the pull requests of each agent, month
by month, the repositories of a month against those of the months before.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from planted import CURRENT, admixed, answered, clean, found, joined, rates, reweighted, say, seeds

import fingerprint
from fingerprint.drift.changes import measured_changes, read_change_rows
from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor import compare
from fingerprint_models.agent_model import AgentModel

MOST = 40_000  # changes of each file
LEAST = 0.10 * CURRENT  # commits of an agent, or it is not planted
LEAST_OF_MONTH = 100  # pull requests of an agent, or the month is passed over


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requests")
    parser.add_argument("changes", nargs="+")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--runs", type=int, default=200, help="splits without drift")
    parser.add_argument("--repeats", type=int, default=20, help="of each planted drift")
    parser.add_argument("--draws", type=int, default=200)
    arguments = parser.parse_args()
    model = fingerprint.load_agents()
    start = time.monotonic()
    parts = [_measured(path, model, arguments.cache) for path in arguments.changes]
    _planted(answered(joined(parts), model.decisions["diff"]), arguments)
    requests = _measured(arguments.requests, model, arguments.cache)
    _by_month(answered(requests, model.decisions["diff"]))
    say(f"{time.monotonic() - start:.0f} s")


def _measured(path: str, model: AgentModel, cache: Path | None) -> Measured:
    rows = read_change_rows([path], most=MOST)
    return measured_changes(rows, model, cache=cache, workers=2)


def _planted(whole: Measured, arguments: argparse.Namespace) -> None:
    draws = arguments.draws
    known = np.flatnonzero(np.isin(whole.label, whole.classes))
    say(f"{len(known)} commits of {len(np.unique(whole.source[known]))} repositories")
    splits = (found(whole, *clean(known, each), draws, each) for each in seeds(arguments.runs))
    rates("no drift", list(splits))
    runs = [found(whole, *reweighted(whole, known, each), draws, each) for each in seeds(50)]
    rates("languages shifted", runs)
    say(f"  languages and nothing else: {np.mean([each == {'languages'} for each in runs]):.2f}")
    names, counts = np.unique(whole.label, return_counts=True)
    strangers = [
        name
        for name, count in zip(names.tolist(), counts.tolist(), strict=True)
        if name and name not in whole.classes and count >= LEAST
    ]
    for matched, called in ((False, "power"), (True, "matched")):
        mean = []
        for stranger in strangers:
            pool = np.flatnonzero(whole.label == stranger)
            runs = [
                found(whole, *both, draws, random)
                for random in seeds(arguments.repeats)
                if (both := admixed(whole, known, pool, 0.10, random, matched=matched))
            ]
            if runs:
                mean.append(rates(f"10% {stranger}, {called}", runs))
        say(f"10% admixture, {called}: mean power {np.mean(mean):.2f}")


def _by_month(whole: Measured) -> None:
    """Print, for each agent and month, how its pull requests differ from those before."""
    month = whole.date.astype("datetime64[M]")
    for agent in np.unique(whole.label).tolist():
        own = whole.label == agent
        for each in np.unique(month[own])[1:]:
            before, now = whole.take(own & (month < each)), whole.take(own & (month == each))
            if min(len(before), len(now)) < LEAST_OF_MONTH:
                continue
            for by in ("rows", "sources"):
                try:
                    drift = compare(before, now, by=by)
                except DriftError as error:
                    say(f"{agent} {each} by {by}: {error}")
                    continue
                columns = ", ".join(column.name for column in drift.columns[:5] if column.p <= 0.05)
                say(
                    f"{agent} {each} by {by}: {len(now)} against {len(before)}, p {drift.p:.3f}, "
                    f"{', '.join(drift.kinds) or 'nothing'}; columns: {columns or 'none'}"
                )


if __name__ == "__main__":
    main()
