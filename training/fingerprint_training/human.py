"""Human code from before the assistants: samples of git trees as they stood on a day.

    python -m fingerprint_training.human TSV MIRROR OUT

reads the repositories that the table TSV marks for use as human code (its columns `repository`
and `use`; a use begins with "human"), finds their git directories under MIRROR as OWNER+NAME/repo
or OWNER+NAME, and writes OUT, a Parquet file with the columns of a corpus. A repository that
cannot be read is told on standard error, and the others go on.
"""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import os
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from fingerprint_features.languages import PARSED, language_of, language_of_path
from fingerprint_training.cleaning_rules import licence_head
from fingerprint_training.corpora import SCHEMA
from fingerprint_training.cuts import KINDS, cut
from fingerprint_training.git_tree import Blob, GitHistoryError, blobs, commit_before, contents
from fingerprint_training.own_code import LARGEST, is_own_path, is_written

logger = logging.getLogger(__name__)

# The first public assistant (Copilot's preview) came out on 29 June 2021.
BEFORE = date(2021, 6, 1)
PER_REPOSITORY = 60  # samples per language and kind of cut
STATUSES = b"statuses"

Record = dict[str, str | int | None]


def sample_human(
    repositories: Mapping[str, Path],
    before: date = BEFORE,
    per_repository: int = PER_REPOSITORY,
    seed: int = 0,
) -> pa.Table:
    """Cut samples out of git trees as they stood before a day; a table with a corpus's columns.

    `repositories` maps a name to a git directory, bare or not. At most `per_repository` samples
    come from one repository, language and kind of cut ("file", "function", "hunk": the column
    `variant`), and at most one of each kind from one file. Vendored, generated, minified and
    fixture files are left out. The same seed gives the same samples. `statuses(table)` tells
    how each repository went: one without a commit that old is no error.
    """
    tables = []
    told = {}
    for name in sorted(repositories):
        git_dir = Path(repositories[name])
        try:
            commit = commit_before(git_dir, before)
            records = list(_records(name, git_dir, commit, per_repository, seed))
        except GitHistoryError as error:
            told[name] = str(error)
            logger.warning("%s is left out: %s", name, error)
            continue
        told[name] = f"ok: {len(records)} samples of {commit}"
        tables.append(pa.Table.from_pylist(records, schema=SCHEMA))
    table = pa.concat_tables([*tables, SCHEMA.empty_table()])
    rows = pa.array(range(table.num_rows), pa.int64())
    table = table.set_column(SCHEMA.get_field_index("row"), SCHEMA.field("row"), rows)
    return table.replace_schema_metadata({STATUSES: json.dumps(told).encode()})


def statuses(table: pa.Table) -> dict[str, str]:
    """Return what `sample_human` noted for each repository: "ok: …", or why it is left out."""
    noted: dict[str, str] = json.loads((table.schema.metadata or {}).get(STATUSES, b"{}"))
    return noted


def sample_from_listing(git_sources_tsv: Path, mirror_dir: Path, out_path: Path) -> pa.Table:
    """Sample the repositories a table marks as human; write Parquet and return the table."""
    with Path(git_sources_tsv).open(newline="", encoding="utf-8") as lines:
        listed = csv.DictReader(lines, delimiter="\t")
        names = [row["repository"] for row in listed if row["use"].startswith("human")]
    table = sample_human({name: _git_dir(Path(mirror_dir), name) for name in names})
    out = Path(out_path)
    partial = out.with_name(out.name + ".partial")
    parquet.write_table(table, partial, compression="zstd")
    os.replace(partial, out)  # noqa: PTH105 - the atomic call is meant
    return table


def _git_dir(mirror: Path, name: str) -> Path:
    folder = mirror / name.replace("/", "+")
    inner = folder / "repo"
    return inner if inner.is_dir() else folder


def _records(name: str, git_dir: Path, commit: str, quota: int, seed: int) -> Iterator[Record]:
    taken: Counter[tuple[str, str]] = Counter()
    common: Record = {"label": "human", "source": name, "model": None, "row": 0}
    common["origin"] = f"{name}@{commit[:12]}"
    candidates = _shuffled(blobs(git_dir, commit), name, seed)

    def open_files() -> Iterator[Blob]:
        """Leave out files of languages whose quotas are full; asked again before each file."""
        for blob in candidates:
            language = str(language_of_path(blob.path))
            if any(taken[language, kind] < quota for kind in KINDS):
                yield blob

    with contents(git_dir, open_files()) as stream:
        for blob, content in stream:
            text = _text(content)
            if text is None or not is_written(text):
                continue
            language = str(language_of(blob.path, text))
            text = licence_head(text, language, 0)
            for kind, code in _cuts(text, name, blob.path, seed):
                if taken[language, kind] < quota:
                    taken[language, kind] += 1
                    about: Record = {"task": blob.path, "path": blob.path, "language": language}
                    yield about | {"code": code, "variant": kind} | common


def _shuffled(found: Iterable[Blob], name: str, seed: int) -> list[Blob]:
    wanted = [
        blob
        for blob in found
        if language_of_path(blob.path) in PARSED and blob.size <= LARGEST and is_own_path(blob.path)
    ]
    return sorted(wanted, key=lambda blob: _digest(name, blob.path, seed))


def _cuts(text: str, name: str, path: str, seed: int) -> Iterator[tuple[str, str]]:
    randomness = random.Random(_digest(name, path, seed))  # noqa: S311 - sampling, no secret
    lines = text.rstrip("\n").split("\n")
    for kind in KINDS:
        code = cut(lines, kind, randomness)
        if code is not None:
            yield kind, code


def _text(content: bytes) -> str | None:
    try:
        return content.decode().replace("\r\n", "\n").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def _digest(name: str, path: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}\0{name}\0{path}".encode(errors="replace")).digest()


def main(arguments: Sequence[str]) -> int:
    """Run `sample_from_listing`; return 2 when the arguments are not three."""
    if len(arguments) != 3:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    table = sample_from_listing(*map(Path, arguments))
    logger.info("%d samples written to %s", table.num_rows, arguments[2])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
