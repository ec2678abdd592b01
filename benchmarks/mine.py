"""Speed and memory of `fingerprint mine`, beside a bare `git log -p` of the same range, in one run.

    python benchmarks/mine.py REPO [REV]

mines one repository (REV is HEAD by default) with one worker into a temporary folder and prints a
table. It judges nothing and always exits with 0. Nothing is written into the repository.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

# This process imports nothing heavy: on Linux a child's peak memory begins at its parent's size.
ROUNDS = 3  # of mining and of git, in turns; the fastest counts
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
MIB = 1 << 20
SHARE = 10  # memory is measured on the newest tenth of the commits too
CHILD = "--measure"

Row = tuple[str, str, str]


def measure(repository: str, revision: str, since: str) -> dict[str, float]:
    """Mine in this process; seconds with imports, peak bytes of Python alone, and counts."""
    start = time.perf_counter()
    from datetime import date  # noqa: PLC0415 - the parent stays light

    from fingerprint_training.mining import Settings, mine  # noqa: PLC0415

    first = date.fromisoformat(since) if since else None
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(since=first, revision=revision)
        mined = mine([Path(repository)], Path(folder) / "corpus.parquet", settings)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT
    counts = {"changes": mined.changes, "samples": mined.samples, "missing": len(mined.missing)}
    return {"seconds": time.perf_counter() - start, "peak": peak, **counts}


def run(command: Sequence[str]) -> str:
    """Return a command's standard output; OSError with the end of its errors where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        errors = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise OSError(errors[-1])
    return done.stdout


def mined(repository: str, revision: str, since: str = "") -> dict[str, float]:
    """Measure in a child process."""
    here = str(Path(__file__).resolve())
    found: dict[str, float] = json.loads(
        run([sys.executable, here, CHILD, repository, revision, since])
    )
    return found


def git_seconds(git: Sequence[str], revision: str) -> float:
    """Return how long a bare `git log -p` takes to print what mining reads."""
    start = time.perf_counter()
    subprocess.run([*git, "log", "-p", revision], stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def rows(repository: str, revision: str) -> list[Row]:
    """Measure mining beside git, and memory of the whole beside that of the newest tenth."""
    folder = Path(repository)
    git = ["git", "-C", str(folder / "repo" if (folder / "repo").is_dir() else folder)]
    commits = int(run([*git, "rev-list", "--count", revision]))
    skip = [f"--skip={commits // SHARE}", "-1", "--format=%cs", revision]
    tenth = mined(repository, revision, run([*git, "log", *skip]).strip())
    whole, bare = [], []
    for _ in range(ROUNDS):
        bare.append(git_seconds(git, revision))
        whole.append(mined(repository, revision))
    best, told = min(each["seconds"] for each in whole), whole[0]
    size = f"{commits} commits, {told['samples']:.0f} samples"
    peaks = max(each["peak"] for each in whole) / MIB, tenth["peak"] / MIB
    incomplete = [("  the history breaks off, and mining ends there", "", "")]
    return [
        (f"mine / git log -p ({size})", f"{best / min(bare):.2f} x", "3 x"),
        ("  mine / git log -p", f"{best:.1f} s / {min(bare):.1f} s", ""),
        (f"peak memory of mining {told['changes']:.0f} changes", f"{peaks[0]:.0f} MiB", ""),
        (f"peak memory of mining {tenth['changes']:.0f} changes", f"{peaks[1]:.0f} MiB", ""),
        *(incomplete if told["missing"] else []),
    ]


def main(arguments: Sequence[str]) -> int:
    """Print the table; what cannot be measured says why."""
    if arguments and arguments[0] == CHILD:
        sys.stdout.write(json.dumps(measure(*arguments[1:])))
        return 0
    if len(arguments) not in {1, 2}:
        sys.stdout.write(f"{__doc__}\n")
        return 0
    table: list[Row] = [("", "measured", "bar")]
    try:
        table += rows(*arguments) if len(arguments) == 2 else rows(arguments[0], "HEAD")
    except OSError as error:
        table.append((f"not measured: {error}", "", ""))
    for name, value, bar in table:
        sys.stdout.write(f"{name:<72}{value:>18}  {bar}".rstrip() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
