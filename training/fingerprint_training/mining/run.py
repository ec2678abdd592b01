"""A mining run: repositories side by side, each a part, joined at the end."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from fingerprint_features.history import HistoryError
from fingerprint_training.mining.card import card
from fingerprint_training.mining.errors import MiningError
from fingerprint_training.mining.merge import merge
from fingerprint_training.mining.mine_one import Tick, mine_one
from fingerprint_training.mining.part import PartPlace, PartState, finished, part_place
from fingerprint_training.mining.repositories import Repository, find_repositories
from fingerprint_training.mining.settings import Settings
from fingerprint_training.mining.unbroken import told
from fingerprint_training.mining.whole_files import telling, write_text

Log = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one repository went: its part, or why there is none."""

    name: str
    place: PartPlace | None = None
    state: PartState | None = None
    problem: str | None = None
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Mined:
    """What a run wrote. `missing` says of each repository what of it is not there, and why."""

    samples: int
    changes: int
    missing: tuple[str, ...]


def changes_path(out: Path) -> Path:
    """Return where the change records of a corpus lie."""
    return out.with_suffix(".changes.parquet")


def mine(
    paths: Iterable[Path],
    out: Path,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    *,
    workers: int = 1,
    log: Log = lambda message: None,  # noqa: ARG005
    progress: bool = False,
) -> Mined:
    """Mine repositories into samples at `out`, changes and a card beside it.

    Each repository becomes a part in the folder `OUT.parts`; parts that are finished and whose
    repository did not move are taken as they are, so that a killed run goes on, and a later one
    reads only what is new. The same repositories and settings give the same bytes, whatever
    `workers` is. Nothing is written into a repository.

    Commits that cannot be read are left out; their repositories, and those of which nothing can be
    read, are in `missing`. Raises MiningError for a bad path and where nothing can be read, and
    CannotWriteError.
    """
    repositories = find_repositories(paths)
    if not repositories:
        raise MiningError("no repository is named: name a work tree or a folder of mirrors")
    folder = out.with_suffix(".parts")
    with telling(folder, folder):
        folder.mkdir(exist_ok=True)
    outcomes = {}
    with tqdm(unit=" changes", disable=not progress) as bar:
        for outcome in _outcomes(repositories, settings, folder, workers, bar.update):
            with tqdm.external_write_mode():
                log(summary(outcome))
            outcomes[outcome.name] = outcome
    ordered = [outcomes[repository.name] for repository in repositories]
    missing = tuple(text for each in ordered if (text := _missing(each)) is not None)
    parts = [(each.place, each.state) for each in ordered if each.place and each.state]
    if not parts:
        raise MiningError("nothing could be read: " + "; ".join(missing))
    tallies = merge(parts, out, changes_path(out), folder)
    write_text(out.with_suffix(".md"), card(out.stem, tallies, settings, missing), folder)
    samples = sum(tally.samples.total() for tally in tallies)
    return Mined(samples, sum(tally.changes for tally in tallies), missing)


def summary(outcome: Outcome) -> str:
    """Return a line about one repository: changes, samples, agents, seconds."""
    state = outcome.state
    if state is None:
        return f"{outcome.name}: left out: {outcome.problem}"
    agents = ", ".join(f"{name} {count}" for name, count in state.agents.items())
    how = "finished before" if outcome.resumed else f"{state.seconds:.1f} s"
    line = f"{state.name}: {state.changes} changes, {state.samples} samples ({agents}), {how}"
    return line if state.incomplete is None else f"{line}; incomplete: {state.incomplete}"


def _missing(outcome: Outcome) -> str | None:
    if outcome.state is None:
        return f"{outcome.name}: {outcome.problem}"
    if outcome.state.incomplete is not None:
        return f"{outcome.name}: incomplete: {outcome.state.incomplete}"
    return None


def _outcomes(
    repositories: Sequence[Repository], settings: Settings, folder: Path, workers: int, tick: Tick
) -> Iterator[Outcome]:
    if workers == 1 or len(repositories) == 1:
        for repository in repositories:
            yield _outcome(repository, settings, folder, tick)
        return
    # Forked children would inherit threads of Arrow's that are not there.
    context = multiprocessing.get_context("spawn")
    leave = (os.getpid(),)
    with ProcessPoolExecutor(
        min(workers, len(repositories)), context, initializer=_leave_with, initargs=leave
    ) as pool:
        waiting: list[Future[Outcome]] = [
            pool.submit(_outcome, each, settings, folder) for each in repositories
        ]
        try:
            for done in as_completed(waiting):
                outcome = done.result()
                tick(outcome.state.changes if outcome.state else 0)
                yield outcome
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _outcome(
    repository: Repository, settings: Settings, folder: Path, tick: Tick | None = None
) -> Outcome:
    """Mine one repository, unless its part is there; runs in a process of its own too."""
    try:
        place = part_place(folder, repository, settings)
        state = finished(place)
        if state is not None:
            return Outcome(repository.name, place, state, resumed=True)
        return Outcome(
            repository.name, place, mine_one(repository, settings, place, tick or _ignore)
        )
    except HistoryError as error:
        return Outcome(repository.name, problem=told(repository, error))


def _leave_with(parent: int) -> None:
    """End this process soon after its parent is gone: a killed run must not go on mining."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _ignore(_count: int) -> None:
    """Show no progress."""
