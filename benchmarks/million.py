"""A million rows labelled under SIGKILL and in peace: the same, and in what memory.

    python benchmarks/million.py CORPUS FOLDER [--rows N] [--kills N] [--workers N]

CORPUS is a Parquet file with the columns code and language; FOLDER gets the rows that are made of
it (some 4 GB for a million) and both results; rows that are there are not made again. Needs the
extra `data`. It prints a table, and ends with 1 where the two results differ.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_A_FILE = 50_000
LEAST_BYTES = 4_000  # of a row: samples of one language are joined until there are as many
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1 << 20


def rows_of(corpus: Path, rows: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (code, language): real samples joined, a few lines of each left out by chance."""
    table = pq.read_table(corpus, columns=["code", "language"])
    by_language: dict[str, list[str]] = {}
    for code, language in zip(
        *(table[name].to_pylist() for name in table.column_names), strict=True
    ):
        if code and language:
            by_language.setdefault(language, []).append(code)
    names, chance = sorted(by_language), random.Random(seed)  # noqa: S311 - no secret
    weights = [len(by_language[name]) for name in names]
    for _ in range(rows):
        (language,) = chance.choices(names, weights)
        parts: list[str] = []
        size = 0
        while size < LEAST_BYTES:
            lines = chance.choice(by_language[language]).splitlines(keepends=True)
            first = chance.randrange(len(lines) or 1)
            kept = lines[:first] + lines[first + 1 + len(lines) // 50 :]
            parts.append("".join(kept) + "\n")
            size += len(parts[-1]) + 1
        yield "".join(parts)[: 4 * LEAST_BYTES], language


def make(corpus: Path, folder: Path, rows: int) -> None:
    """Write the rows as Parquet files of `ROWS_A_FILE`, those that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, rows, ROWS_A_FILE)):
        file = folder / f"rows-{number:03}.parquet"
        if not file.exists():
            count = min(ROWS_A_FILE, rows - first)
            code, language = zip(*rows_of(corpus, count, number), strict=True)
            row = range(first, first + count)
            table = pa.table({"row": row, "code": code, "language": language})
            part = file.with_suffix(".part")
            pq.write_table(table, part, row_group_size=10_000)
            part.replace(file)


@dataclass
class Run:
    """What was seen of a run: wall seconds, peak memory of all its processes, and the kills."""

    seconds: float = 0.0
    peak: int = 0
    kills: int = 0
    memory: list[int] = field(default_factory=list)


def label(inputs: Path, out: Path, workers: int, kills: int) -> Run:
    """Label, killing the run `kills` times after a random part of a minute, until it is done."""
    command = [sys.executable, "-m", "fingerprint", "label", str(inputs), "-o", str(out)]
    command += ["--code", "code", "--language", "language", "--workers", str(workers), "--quiet"]
    run, chance = Run(), random.Random(0)  # noqa: S311 - no secret
    start = time.monotonic()
    while True:
        end = time.monotonic() + chance.uniform(5, 90) if run.kills < kills else float("inf")
        child = subprocess.Popen(command, start_new_session=True)
        while child.poll() is None and time.monotonic() < end:
            run.memory.append(resident(child.pid))
            time.sleep(0.5)
        if child.poll() is not None:
            break
        os.kill(child.pid, signal.SIGKILL)  # the parent alone: its workers must end by themselves
        child.wait()
        run.kills += 1
    if child.returncode:
        raise SystemExit(f"fingerprint label ended with {child.returncode}")
    run.seconds, run.peak = time.monotonic() - start, max(run.memory, default=0)
    return run


def resident(session: int) -> int:
    """Return the bytes that all processes of a session hold; shared pages count in each."""
    total = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if os.getsid(int(folder.name)) == session:
                    total += int((folder / "statm").read_text().split()[1]) * PAGE
            except (OSError, IndexError):
                continue  # it has ended
    return total


def differences(inputs: Path, one: Path, other: Path) -> Iterator[str]:
    """Yield how two results differ, byte for byte in their files, and in rows from the inputs."""
    names = [sorted(file.name for file in folder.glob("*.parquet")) for folder in (one, other)]
    if names[0] != names[1]:
        yield f"{len(names[0])} and {len(names[1])} shards"
        return
    expected = 0
    for name in names[0]:
        if (one / name).read_bytes() != (other / name).read_bytes():
            yield f"{name} differs"
        rows = pq.read_table(other / name, columns=["row"])["row"].to_pylist()
        if rows != list(range(expected, expected + len(rows))):
            yield f"{name} has not the rows from {expected} on"
        expected += len(rows)
    there = sum(pq.read_metadata(file).num_rows for file in inputs.glob("*.parquet"))
    if expected != there:
        yield f"{expected} rows of {there}"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Print the table; 1 where the results differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    inputs = asked.folder / "rows"
    make(asked.corpus, inputs, asked.rows)
    size = sum(
        pq.read_table(file, columns=["code"]).nbytes for file in sorted(inputs.glob("*.parquet"))
    )
    say(f"{asked.rows} rows, {size / 1e9:.2f} GB of code, {asked.workers} workers")
    for called, kills in (("killed", asked.kills), ("whole", 0)):
        run = label(inputs, asked.folder / called, asked.workers, kills)
        tenth = run.memory[len(run.memory) // 10 : len(run.memory) // 5] or [0]
        say(
            f"{called}: {run.kills} kills, {run.seconds:.0f} s, {asked.rows / run.seconds:.0f} "
            f"rows/s, {size / run.seconds / MIB:.2f} MiB/s; at most {run.peak / MIB:.0f} MiB held, "
            f"{max(tenth) / MIB:.0f} in its second tenth"
        )
    found = list(differences(inputs, asked.folder / "killed", asked.folder / "whole"))
    for line in found:
        say(line)
    say("the results differ" if found else "the results are the same, byte for byte")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
