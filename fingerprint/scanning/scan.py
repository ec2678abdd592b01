"""One pass over a history: everything is counted, a sample is looked at closely."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from fingerprint.scanning.kinds import BEFORE, CONTROL, DECLARED, UNDECLARED, is_control
from fingerprint.scanning.record import Group, Scan
from fingerprint.scanning.reservoir import Reservoir
from fingerprint.scanning.sample import Errors, Past, Sampled, ask, find_conflicts, trimmed
from fingerprint.scanning.tally import NO_DATE, Cell, Place, Tally
from fingerprint_features.activity.relative import style_of
from fingerprint_features.change import Change
from fingerprint_features.history import HistoryError, is_shallow, name_of, read
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.declaration import declared
from fingerprint_models.prevalence import FEWEST, Shares

TOP_CONFLICTS = 20
TOP_MARKERS = 20

Progress = Callable[[int], None]
Estimator = Callable[[Group, Callable[[Place], bool]], Group]


@dataclass(frozen=True, slots=True)
class Settings:
    """What to scan and how closely.

    `sample` undeclared commits since there are agents, spread over the months, are looked at by the
    model, and up to `other_sample` declared ones and as many from before agents; 0 for none.
    `depth` is that of the directories.
    """

    revision: str = "HEAD"
    since: date | None = None
    until: date | None = None
    sample: int = 600
    other_sample: int = 200
    depth: int = 1
    seed: int = 0


def scan(
    git_dir: Path,
    model: AgentModel | None,
    settings: Settings | None = None,
    *,
    progress: Progress = lambda _: None,
) -> Scan:
    """Scan a repository, which is only read; without a model only what is declared is told.

    `progress` hears how many commits were read. Where the history breaks off, what was read is
    told, and `Scan.missing` says why. HistoryError: nothing at all could be read.
    """
    chosen = settings or Settings()
    asked = model if chosen.sample else None
    tally = Tally(chosen.depth)
    samples = {
        kind: Reservoir[Sampled](size if asked else 0, chosen.seed)
        for kind, size in (
            (UNDECLARED, chosen.sample),
            (DECLARED, chosen.other_sample),
            (BEFORE, chosen.other_sample),
            (CONTROL, chosen.other_sample),
        )
    }
    past: Past = []
    ways = past if asked else None
    missing = _read(git_dir, chosen, tally, samples, ways, progress=progress)
    control, errors = _control(samples, past, asked, chosen.seed) if asked else (None, None)
    estimated = _estimator(samples[UNDECLARED], past, asked, errors, seed=chosen.seed)
    conflicts = find_conflicts(samples[DECLARED], past, asked) if asked else []
    return Scan(
        repository=name_of(git_dir),
        revision=chosen.revision,
        since=str(chosen.since) if chosen.since else None,
        until=str(chosen.until) if chosen.until else None,
        depth=chosen.depth,
        seed=chosen.seed,
        whole=estimated(tally.whole.group("all"), lambda _: True),
        years=tuple(
            estimated(cell.group(name), partial(_in_month, name))
            for name, cell in sorted(_by_year(tally).items())
        ),
        months=tuple(
            estimated(cell.group(name), partial(_in_month, name))
            for name, cell in sorted(tally.months.items())
        ),
        directories=tuple(
            estimated(cell.group(name), partial(_in_directory, name))
            for name, cell in sorted(tally.directories.items(), key=_largest)
        ),
        merges=tally.other["merges"],
        merges_declared=tally.other["merges_declared"],
        mixed=tally.other["mixed"],
        no_diff=tally.other["no_diff"],
        lines_left_out=tally.other["lines_left_out"],
        checked=len(samples[DECLARED]),
        conflicts_found=len(conflicts),
        conflicts=tuple(conflicts[:TOP_CONFLICTS]),
        markers=tally.markers(TOP_MARKERS),
        shallow=is_shallow(git_dir),
        missing=missing,
        model=asked.id if asked else None,
        control=control,
    )


def _read(
    git_dir: Path,
    settings: Settings,
    tally: Tally,
    samples: Mapping[str, Reservoir[Sampled]],
    past: Past | None,
    *,
    progress: Progress,
) -> str | None:
    """Count and sample every commit; return why the history breaks off, None where it does not.

    Commits' styles go into `past` where it is given.
    """
    done = 0
    changes = read(git_dir, (settings.revision,), since=settings.since, until=settings.until)
    try:
        with closing(changes):
            for change in changes:
                place = tally.add(change, declaration := declared(change))
                if past is not None and len(change.parents) < 2:
                    past.append(style_of(change))
                kind = CONTROL if place.kind == UNDECLARED and is_control(change) else place.kind
                if kind in samples:
                    # Declared commits are all asked alike; the others are spread over the months.
                    stratum = "" if declaration else place.month
                    _offer(samples[kind], stratum, change, place, len(past or ()))
                done += 1
                progress(done)
    except HistoryError as error:
        if not done:
            raise
        return f"the history breaks off after {done} commits: {error}"
    return None


def _offer(
    sample: Reservoir[Sampled], stratum: str, change: Change, place: Place, past: int
) -> None:
    number = sample.admits(stratum)
    if number is not None:
        sample.put(stratum, number, Sampled(trimmed(change), place, past))


def _estimator(
    sample: Reservoir[Sampled],
    past: Past,
    model: AgentModel | None,
    errors: Errors | None,
    *,
    seed: int,
) -> Estimator:
    """Return what adds to a group the estimate of its undeclared commits."""
    if model is None or errors is None:
        return lambda group, _: group
    answers = ask(sample, past, model)
    return lambda group, belongs: answers.estimated(group, belongs, errors, seed)


def _control(
    samples: Mapping[str, Reservoir[Sampled]], past: Past, model: AgentModel, seed: int
) -> tuple[Shares | None, Errors]:
    """Return the estimate where no agent can be, on the newest such commits that suffice.

    Where they suffice twice, every other one says how the model answers to this repository's
    people, and the estimates, that of the others too, are corrected by that.
    """
    errors = Errors(model.classes, model.mean_answers)
    for kind in (CONTROL, BEFORE):
        answers = ask(samples[kind], past, model)
        rows = range(len(answers.places))
        if len(rows) >= 2 * FEWEST:
            half = slice(1, None, 2)
            known = errors.with_human(
                answers.probabilities[half], answers.weights[half], model.human
            )
            return answers.shares(rows[::2], known, seed), known
        found = answers.shares(rows, errors, seed)
        if found is not None:
            return found, errors
    return None, errors


def _by_year(tally: Tally) -> dict[str, Cell]:
    years: dict[str, Cell] = {}
    for month, cell in tally.months.items():
        year = years.setdefault(month if month == NO_DATE else month[:4], Cell())
        year.commits.update(cell.commits)
        year.lines.update(cell.lines)
    return years


def _in_month(prefix: str, place: Place) -> bool:
    return place.month.startswith(prefix)


def _in_directory(name: str, place: Place) -> bool:
    return name in place.directories


def _largest(item: tuple[str, Cell]) -> tuple[int, str]:
    name, cell = item
    return -cell.group(name).all.commits, name
