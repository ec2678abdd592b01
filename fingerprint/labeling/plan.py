"""From what a command asks to what is done: inputs, the columns of all of them, and the outputs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import pyarrow as pa

import fingerprint
from fingerprint.labeling.columns import CHOSEN, NAMES
from fingerprint.labeling.errors import InputError, LabelError, OutputError
from fingerprint.labeling.inputs.kinds import KINDS, SPLIT
from fingerprint.labeling.inputs.sources import TREE
from fingerprint.labeling.inputs.values import common_type
from fingerprint.labeling.labeler import Labeler
from fingerprint.labeling.outputs.targets import Target
from fingerprint.labeling.pieces import ROWS, Reading, Source
from fingerprint.labeling.where import Where, one_of, parse
from fingerprint.labeling.work import BECAUSE

_HUGGING_FACE = b"huggingface"
_SAYING_WHO = frozenset(NAMES) - {"fp_status", "fp_model"}


@dataclass(frozen=True)
class Job:
    """What a command asks for; the defaults are those of the command line.

    `code`, `language` and `path` name columns; `columns` are those that are written beside the
    added ones, None for all. Rows are kept that have a family of `keep` and meet `where`.
    `default_language` and `ignore` (gitignore patterns) are for trees of files.
    """

    inputs: tuple[str, ...]
    out: str
    rejected: str | None = None
    code: str = "code"
    language: str | None = None
    path: str | None = None
    mode: str = "balanced"
    model: str | None = None
    columns: tuple[str, ...] | None = None
    keep: tuple[str, ...] = ()
    where: str | None = None
    rows: int = ROWS
    format: str | None = None
    overwrite: bool = False
    default_language: str | None = None
    ignore: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[Where, ...]:
        """What a row must meet to be kept; raises `WhereError`."""
        kept = (one_of("fp_family", self.keep),) if self.keep else ()
        return ((parse(self.where),) if self.where is not None else ()) + kept


@dataclass(frozen=True)
class Plan:
    """What is done: with which labeller, read and written in which columns."""

    labeler: Labeler
    reading: Reading
    schema: pa.Schema
    conditions: tuple[str, ...]
    bad: dict[int, str] = field(default_factory=dict)


def labeler_of(job: Job, sources: Sequence[Source]) -> Labeler:
    """Return the labeller; trees have a language and a path, also where none was named.

    Raises as `Labeler`.
    """
    trees = any(source.kind == TREE for source in sources)
    return Labeler(
        job.code,
        job.language or ("language" if trees else None),
        job.path or ("path" if trees else None),
        mode=job.mode,
        model=job.model,
    )


def settings_of(job: Job, labeler: Labeler) -> dict[str, object]:
    """Return what must be the same for a run to be continued, by names that a user knows."""
    return {
        "--code": job.code,
        "--language": job.language,
        "--path": job.path,
        "--mode": job.mode,
        "model": f"{labeler.model_id} ({labeler.manifest[:12]})",
        "--columns": None if job.columns is None else list(job.columns),
        "--keep": list(job.keep),
        "--where": job.where,
        "--rejected": None if job.rejected is None else os.path.abspath(job.rejected),  # noqa: PTH100
        "--rows-per-shard": job.rows,
        "--format": job.format,
        "settings for trees": [job.default_language, list(job.ignore)],
        "version of code-fingerprint": fingerprint.__version__,
    }


def plan_of(
    job: Job, sources: Sequence[Source], labeler: Labeler, targets: Iterable[Target]
) -> Plan:
    """Return the plan, having looked into every input; `bad` has what is wrong with some.

    Raises `InputError` where no input is sound or a column has no type in common, `LabelError`
    for a column that no input has, and `WhereError`.
    """
    reading = reading_of(job, labeler, pa.schema([]))
    schemas, bad = schemas_of(job, sources, labeler, reading)
    if not schemas:
        raise InputError("\n".join(dict.fromkeys(bad.values())))
    conditions = job.conditions
    whole = united({s.index: s.path for s in sources}, _used(job, schemas, labeler))
    own = pa.schema([each for each in whole if each.name not in (*NAMES, BECAUSE)])
    full = pa.schema([*own, *labeler.schema])
    for each in conditions:
        each.check(full)
        labeler.check_condition(each.names)
    _check_keep(job.keep, labeler)
    schema = _written(job, schemas.values(), own, labeler.schema)
    for target in targets:
        _check_format(schema, job.code, target)
    used = {*schema.names, *labeler.named, *(n for each in conditions for n in each.names)}
    read = pa.schema([each for each in own if each.name in used])
    schema = schema.with_metadata(_metadata(schemas.values(), conditions))
    texts = tuple(each.text for each in conditions)
    return Plan(labeler, reading_of(job, labeler, read), schema, texts, bad)


def reading_of(job: Job, labeler: Labeler, schema: pa.Schema) -> Reading:
    """Return how inputs are read, in the columns of `schema`."""
    return Reading(
        schema,
        labeler.code,
        labeler.language,
        labeler.path,
        rows=job.rows,
        default_language=job.default_language,
        patterns=job.ignore,
    )


def schemas_of(
    job: Job, sources: Sequence[Source], labeler: Labeler, reading: Reading
) -> tuple[dict[int, pa.Schema], dict[int, str]]:
    """Return the columns of each sound input, and what is wrong with the others."""
    named = replace(labeler, language=job.language, path=job.path)  # less what trees alone have
    found: dict[int, pa.Schema] = {}
    bad: dict[int, str] = {}
    for source in sources:
        try:
            schema = KINDS[source.kind].schema(source, reading)
            if source.split is not None and SPLIT not in schema.names:
                schema = schema.append(pa.field(SPLIT, pa.string()))
            _check_columns(source, schema, named)
            found[source.index] = schema
        except InputError as error:
            bad[source.index] = str(error)
    return found, bad


def united(paths: dict[int, str], schemas: dict[int, pa.Schema]) -> pa.Schema:
    """Return the columns of all inputs, in order of appearance, each in a type that holds all.

    Raises `InputError`, which names two files, where there is none.
    """
    types: dict[str, tuple[pa.DataType, int]] = {}
    for index, schema in schemas.items():
        for each in schema:
            before, at = types.get(each.name, (each.type, index))
            common = common_type(before, each.type)
            if common is None:
                raise InputError(
                    f"column {each.name!r} holds {before} in {paths[at]} but {each.type} in "
                    f"{paths[index]}: convert one, or leave the column out with --columns"
                )
            types[each.name] = (common, at if common == before else index)
    return pa.schema([(name, type_) for name, (type_, _) in types.items()])


def _used(job: Job, schemas: dict[int, pa.Schema], labeler: Labeler) -> dict[int, pa.Schema]:
    """Return of each input's columns those that are written or that something depends on."""
    if job.columns is None:
        return schemas
    used = {*job.columns, *labeler.named, *(n for each in job.conditions for n in each.names)}
    return {
        index: pa.schema([each for each in schema if each.name in used])
        for index, schema in schemas.items()
    }


def _check_columns(source: Source, schema: pa.Schema, labeler: Labeler) -> None:
    if source.kind == TREE:
        return
    twice = [name for name in schema.names if schema.names.count(name) > 1]
    if twice:
        raise InputError(f"{source.path}: two columns are called {twice[0]!r}: rename one of them")
    if source.kind == "lines" and not schema.names:
        return  # no rows, hence no columns
    try:
        labeler.check(schema)
    except LabelError as error:
        said = str(error).replace("language=...", "--language").replace("path=...", "--path")
        raise InputError(f"{source.path}: {said.replace('code=...', '--code')}") from error


def _written(job: Job, schemas: Iterable[pa.Schema], own: pa.Schema, added: pa.Schema) -> pa.Schema:
    """Return the columns that are written: of the added ones all, unless some are named.

    `own` may be those alone that are used; `schemas` have all that a user could have named.
    """
    if job.columns is None:
        return pa.schema([*own, *added])
    there = (name for each in schemas for name in each.names)
    given = dict.fromkeys(name for name in there if name not in (*NAMES, BECAUSE))
    names = [*given, *added.names]
    for name in job.columns:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}"
            raise LabelError(f"--columns: no input has a column {name!r}: {hint}")
    some = any(name in NAMES for name in job.columns)
    full = pa.schema([*own, *added])
    chosen = [name for name in job.columns if name in own.names]
    chosen += [name for name in added.names if name in job.columns or not some]
    return pa.schema([full.field(name) for name in dict.fromkeys(chosen)])


def _check_keep(keep: Sequence[str], labeler: Labeler) -> None:
    told = (*labeler.classes, "ai", "unknown")
    for name in keep:
        if name not in told:
            raise LabelError(f"--keep: {name!r} is never told: one of {', '.join(told)}")


def _check_format(schema: pa.Schema, code: str, target: Target) -> None:
    """Raise where a format of text is to hold bytes that are no code."""
    if target.format == "parquet":
        return
    for each in schema:
        if each.name != code and _holds_bytes(each.type):
            raise OutputError(
                f"{target.path}: column {each.name!r} holds {each.type}, which {target.format} "
                "cannot: write parquet, or leave it out with --columns"
            )


def _holds_bytes(type_: pa.DataType) -> bool:
    if pa.types.is_nested(type_):
        return any(_holds_bytes(type_.field(i).type) for i in range(type_.num_fields))
    kinds = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    return any(is_kind(type_) for is_kind in kinds)


def _metadata(schemas: Iterable[pa.Schema], conditions: Iterable[Where]) -> Any:
    """Return what is told of all rows: features, and whether they were chosen by their answers.

    What `datasets` keeps of its features stays if all inputs say the same. The mark `CHOSEN` stays
    if any input has it, and is set on kept and rejected rows alike where a condition goes by an
    added column that says who wrote a row.
    """
    given = [each.metadata or {} for each in schemas]
    told = {each.get(_HUGGING_FACE) for each in given}
    value = told.pop() if len(told) == 1 else None
    chosen = any(CHOSEN in each for each in given)
    chosen = chosen or any(name in _SAYING_WHO for each in conditions for name in each.names)
    made = {_HUGGING_FACE: value, CHOSEN: b"1" if chosen else None}
    return {key: each for key, each in made.items() if each} or None


def misfit(schema: pa.Schema, known: pa.Schema, *, all_columns: bool) -> str | None:
    """Return why an input does not fit the columns that a run has fixed, or None."""
    for each in schema:
        if each.name not in known.names:
            if all_columns and each.name not in (*NAMES, BECAUSE):
                return f"no other input had a column {each.name!r}: use --columns or --overwrite"
            continue
        type_ = known.field(each.name).type
        if common_type(type_, each.type) != type_:
            return (
                f"column {each.name!r} holds {each.type}, where the run began with {type_}: "
                "convert it, or start over with --overwrite"
            )
    return None
