"""Speed and memory of `fingerprint scan`, beside a bare `git log -p` of the history, in one run.

    python benchmarks/scan.py REPO [MODEL]

scans HEAD of one repository as the command line does, with the shipped agent model or the one in
the folder MODEL, and prints a table. It judges nothing and always exits with 0. Nothing is written
into the repository.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

# This process imports nothing heavy: on Linux a child's peak memory begins at its parent's size.
ROUNDS = 2  # of scanning and of git, in turns; the fastest counts
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
MIB = 1 << 20
SHARE = 10  # memory is measured on the newest tenth of the commits too
CHILD = "--measure"

Row = tuple[str, str, str]


def measure(arguments: Sequence[str]) -> dict[str, float]:
    """Scan in this process; seconds with imports, peak bytes of Python alone, and counts."""
    start = time.perf_counter()
    import contextlib  # noqa: PLC0415 - the parent stays light
    import io  # noqa: PLC0415

    from fingerprint.cli import main as command  # noqa: PLC0415

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = command(["scan", *arguments, "--json"])
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT
    if not said.getvalue():
        raise SystemExit(code)
    told = json.loads(said.getvalue())
    looked_at = told["all"]["undeclared_estimate"]["sampled"] + told["conflicts"]["checked"]
    counts = {"commits": told["all"]["commits"] + told["merges"], "sampled": looked_at}
    return {"seconds": seconds, "peak": peak, "missing": told["missing"] is not None, **counts}


def run(command: Sequence[str]) -> str:
    """Return a command's standard output; OSError with the end of its errors where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and not done.stdout:
        errors = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise OSError(errors[-1])
    return done.stdout


def scanned(*arguments: str) -> dict[str, float]:
    """Measure in a child process."""
    here = str(Path(__file__).resolve())
    found: dict[str, float] = json.loads(run([sys.executable, here, CHILD, *arguments]))
    return found


def git_seconds(git: Sequence[str]) -> float:
    """Return how long a bare `git log -p` takes to print what a scan reads."""
    start = time.perf_counter()
    subprocess.run(
        [*git, "log", "-p"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return time.perf_counter() - start


def rows(repository: str, model: Sequence[str]) -> list[Row]:
    """Measure scanning beside git, and memory of the whole beside that of the newest tenth."""
    git = ["git", "-C", repository]
    commits = int(run([*git, "rev-list", "--count", "HEAD"]))
    first = run([*git, "log", f"--skip={commits // SHARE}", "-1", "--format=%cs"]).strip()
    tenth = scanned(repository, *model, "--since", first)
    whole, bare = [], []
    for _ in range(ROUNDS):
        bare.append(git_seconds(git))
        whole.append(scanned(repository, *model))
    best, told = min(each["seconds"] for each in whole), whole[0]
    size = f"{told['commits']:.0f} commits, {told['sampled']:.0f} looked at"
    peak = max(each["peak"] for each in whole) / MIB
    incomplete = [("  the history breaks off, and scanning ends there", "", "")]
    return [
        (f"scan / git log -p ({size})", f"{best / min(bare):.2f} x", "5 x"),
        ("  scan / git log -p", f"{best:.1f} s / {min(bare):.1f} s", ""),
        (f"peak memory of scanning {told['commits']:.0f} commits", f"{peak:.0f} MiB", ""),
        (
            f"peak memory of scanning {tenth['commits']:.0f} commits, {tenth['sampled']:.0f} "
            "looked at",
            f"{tenth['peak'] / MIB:.0f} MiB",
            "",
        ),
        *(incomplete if told["missing"] else []),
    ]


def main(arguments: Sequence[str]) -> int:
    """Print the table; what cannot be measured says why."""
    if arguments and arguments[0] == CHILD:
        sys.stdout.write(json.dumps(measure(arguments[1:])))
        return 0
    if len(arguments) not in {1, 2}:
        sys.stdout.write(f"{__doc__}\n")
        return 0
    table: list[Row] = [("", "measured", "bar")]
    try:
        table += rows(arguments[0], ["--model", arguments[1]] if len(arguments) == 2 else [])
    except OSError as error:
        table.append((f"not measured: {error}", "", ""))
    for name, value, bar in table:
        sys.stdout.write(f"{name:<72}{value:>18}  {bar}".rstrip() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
