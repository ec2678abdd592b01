"""A run from its beginning, or from where it was stopped, to its end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fingerprint.labeling import plan as planning
from fingerprint.labeling.engine import Around, Engine
from fingerprint.labeling.errors import InputError, LabelError, OutputError
from fingerprint.labeling.inputs.kinds import KINDS
from fingerprint.labeling.inputs.sources import folders, identity, resolve
from fingerprint.labeling.labeler import Labeler
from fingerprint.labeling.manifest import NAME, DamagedManifestError, Manifest, Record, records
from fingerprint.labeling.outputs.joining import join, sync_folder
from fingerprint.labeling.outputs.targets import (
    Target,
    cannot_write,
    check_free,
    clear,
    prepare,
    target_of,
)
from fingerprint.labeling.pieces import Done, Piece, Source
from fingerprint.labeling.plan import Job
from fingerprint.labeling.progress import Progress
from fingerprint.labeling.state import (
    State,
    begin_record,
    check_inputs,
    check_same,
    done_record,
    state_of,
)
from fingerprint.labeling.summary import Summary
from fingerprint.labeling.texts import can_hold_text
from fingerprint.labeling.work import Work, scratch

NOTES = 20
"""Unsound rows that are told of in one run."""

LANGUAGES = ("language", "lang")
"""Columns that by their names hold the language of the code."""

Log = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """How a run ended: the sums of all its calls, and what is wrong with which input.

    `already` says that there was nothing left to do, `continued` how many shards there were.
    """

    summary: Summary
    bad: tuple[str, ...] = ()
    already: bool = False
    continued: int = 0


@dataclass
class Run:
    """One call of a run; see `label_files`."""

    job: Job
    sources: Sequence[Source]
    targets: dict[str, Target]
    log: Log
    progress: Progress
    state: State = field(default_factory=State)
    manifest: Manifest | None = None
    told: int = 0

    @property
    def out(self) -> Target:
        """The output of kept rows; its hidden folder has the manifest."""
        return self.targets["kept"]

    def write(self, record: Record) -> None:
        """Put a record into the manifest, then take it into account."""
        assert self.manifest is not None  # noqa: S101 - opened by `label_files`
        self.manifest.append(record)
        self.state.take(record)


def label_files(
    job: Job, engine: Engine, log: Log, progress: Progress, around: Around = nullcontext
) -> Outcome:
    """Label all inputs of a job, or go on where an earlier call of the same job was stopped.

    `around` is entered by each process while it opens the model.
    An input that cannot be read does not stop the others. Raises `LabelError` (`InputError`,
    `OutputError`, `OtherRunError`, `WorkerDiedError`, `WhereError`) with the culprit and the mend;
    what is done by then stays done.
    """
    sources = resolve(job.inputs)
    labeler = planning.labeler_of(job, sources)
    targets = {"kept": target_of(job.out, job.format)}
    if job.rejected is not None:
        targets["rejected"] = target_of(job.rejected, job.format)
    _check_apart(sources, folders(job.inputs), list(targets.values()))
    run = Run(job, sources, targets, log, progress)
    settings = planning.settings_of(job, labeler)
    inputs = [identity(source) for source in sources]
    _look(run, settings, inputs)
    if run.state.finished is not None:
        return Outcome(run.state.summary, already=True, continued=run.state.summary.pieces)
    plan = _planned(run, labeler)
    _hint(run, plan)
    _begin(run, plan, settings, inputs)
    work = Work(
        labeler,
        plan.reading,
        plan.schema,
        plan.conditions,
        run.out,
        targets.get("rejected"),
        around,
    )
    with closing(_opened(run)):
        return _worked(run, work, engine, plan, inputs)


def _look(run: Run, settings: dict[str, object], inputs: list[dict[str, Any]]) -> None:
    """Read what is there of this run; raises where it is another's, or something is in the way."""
    path, overwrite = run.out.state / NAME, run.job.overwrite
    try:
        run.state = state_of(records(path))
    except DamagedManifestError:
        if not overwrite:
            raise
        run.state = State(settings={})
    if run.state.settings is not None:
        try:
            check_same(run.state, settings, run.job.out)
            check_inputs(run.state, inputs, run.job.out)
            anew = overwrite and not (run.state.overwrite and run.state.finished is None)
        except LabelError:
            if not overwrite:
                raise
            anew = True
        if anew:
            with closing(Manifest(path)):  # nobody may be at work there
                for target in run.targets.values():
                    clear(target)
            run.state = State()
    _check_finished(run)
    begun = run.state.settings is not None
    ours = overwrite or run.state.overwrite or run.state.joining
    for target in run.targets.values():
        check_free(target, begun=begun, ours=ours)


def _check_finished(run: Run) -> None:
    """Find shards that somebody removed, and refuse where a finished file is another now."""
    told = run.state.finished
    for target in run.targets.values():
        if told is None or not target.single:
            continue
        if _stamp(target) != told.get(target.path):
            raise OutputError(
                f"{target.path} was changed or removed since it was finished: start over with "
                "--overwrite"
            )
    if told is not None and run.out.single:
        run.state.joining = True
        return
    for done in list(run.state.done.values()):
        for role, (_, size) in done.shards.items():
            shard = run.targets[role].shard(_name(done))
            if not shard.is_file() or shard.stat().st_size != size:
                run.state.forget(done.key)
                run.state.finished = None


def _planned(run: Run, labeler: Labeler) -> planning.Plan:
    """Return the plan; that of a run that goes on is known, but for inputs that were bad."""
    state, job = run.state, run.job
    if state.read is None or state.written is None:
        return planning.plan_of(job, run.sources, labeler, run.targets.values())
    texts = tuple(each.text for each in job.conditions)
    reading = planning.reading_of(job, labeler, state.read)
    again = [source for source in run.sources if source.index in state.bad]
    schemas, bad = planning.schemas_of(job, again, labeler, reading)
    for index, schema in schemas.items():
        problem = planning.misfit(schema, state.read, all_columns=job.columns is None)
        if problem:
            bad[index] = f"{run.sources[index].path}: {problem}"
    return planning.Plan(labeler, reading, state.written, texts, bad)


def _hint(run: Run, plan: planning.Plan) -> None:
    """Say once that a column seems to tell the language, where none was named."""
    if plan.labeler.language is not None or run.state.settings is not None:
        return
    for each in plan.reading.schema:
        if each.name in LANGUAGES and can_hold_text(each.type):
            run.log(f"there is a column {each.name!r}: name it with --language for better answers")
            return


def _begin(
    run: Run, plan: planning.Plan, settings: dict[str, object], inputs: list[dict[str, Any]]
) -> None:
    for target in run.targets.values():
        prepare(target)
    run.manifest = Manifest(run.out.state / NAME)
    if run.state.settings is None:
        overwrite = run.job.overwrite
        record = begin_record(settings, inputs, plan.reading.schema, plan.schema, overwrite)
        run.write(record)
    for target in run.targets.values():
        shutil.rmtree(scratch(target), ignore_errors=True)
        scratch(target).mkdir(exist_ok=True)


def _opened(run: Run) -> Manifest:
    assert run.manifest is not None  # noqa: S101 - `_begin` opened it
    return run.manifest


def _worked(
    run: Run, work: Work, engine: Engine, plan: planning.Plan, inputs: list[dict[str, Any]]
) -> Outcome:
    for index in sorted(run.state.bad):
        run.write({"again": [index, inputs[index]]})
    for index, message in plan.bad.items():
        _mark(run, index, message)
    continued = run.state.summary.pieces
    total = sum(int(each["size"]) for each in inputs)
    run.progress.start(total, run.state.weight(), continued)
    try:
        for done in engine(work, _pieces(run, work)):
            _publish(run, done)
            run.progress.add(done)
    finally:
        run.progress.end()
    if not run.state.bad:
        _finish(run, work)
    bad = tuple(run.state.bad[index] for index in sorted(run.state.bad))
    return Outcome(run.state.summary, bad, continued=continued)


def _pieces(run: Run, work: Work) -> Iterator[Piece]:
    """Yield the pieces that are not done, of inputs that are not bad as far as is known."""
    for source in run.sources:
        if source.index in run.state.bad:
            continue
        try:
            for piece in KINDS[source.kind].cut(source, work.reading):
                if source.index in run.state.bad:
                    break
                if (source.index, piece.number) not in run.state.done:
                    yield piece
        except InputError as error:
            _mark(run, source.index, str(error))


def _publish(run: Run, done: Done) -> None:
    if done.error is not None:
        _mark(run, done.source, done.error)
        return
    for role, (path, _) in done.shards.items():
        target = run.targets[role]
        try:
            Path(path).replace(target.shard(_name(done)))
            sync_folder(target.shards)
        except OSError as error:
            raise cannot_write(target.path, error) from error
    run.write(done_record(done))
    for note in done.notes:
        run.told += 1
        if run.told <= NOTES:
            run.log(note)
        elif run.told == NOTES + 1:
            run.log("more rows are unsound; fp_status has them all")


def _mark(run: Run, index: int, message: str) -> None:
    """Note that an input is bad, and go on without it."""
    if index not in run.state.bad:
        run.write({"bad": [index, message]})


def _finish(run: Run, work: Work) -> None:
    names = sorted(run.state.done)
    stamps = {}
    if any(target.single for target in run.targets.values()):
        run.write({"joining": True})
    for role, target in run.targets.items():
        if target.single:
            shards = [target.shard(_name(run.state.done[key])) for key in names]
            join(target, shards, work.schema_of(role))
            stamps[target.path] = _stamp(target)
    run.write({"finished": stamps})
    for target in run.targets.values():
        shutil.rmtree(scratch(target), ignore_errors=True)
        if target.single:
            shutil.rmtree(target.shards, ignore_errors=True)


def _stamp(target: Target) -> list[int] | None:
    try:
        found = target.final.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _name(done: Done) -> str:
    return Piece(Source(done.source, "", ""), done.number, 0, 0).name


def _check_apart(
    sources: Sequence[Source], named: Sequence[str], targets: Sequence[Target]
) -> None:
    """Raise `OutputError` where an output would be an input, or lie in a folder that is named.

    There it would be an input of the next run, and change what kind of folder that is.
    """
    outs = [Path(os.path.realpath(target.path)) for target in targets]
    if len(set(outs)) < len(outs) or any(outs[0] in out.parents for out in outs[1:]):
        raise OutputError(
            f"{targets[-1].path}: kept and rejected rows need two places: name another"
        )
    for path in dict.fromkeys((*named, *(source.path for source in sources))):
        place = Path(os.path.realpath(path))
        for target, out in zip(targets, outs, strict=True):
            if out == place or out in place.parents or place in out.parents:
                raise OutputError(
                    f"{target.path} and the input {path} lie within one another: name an "
                    "output elsewhere"
                )
