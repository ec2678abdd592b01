"""Speed and memory of `predict`, as ratios to what cannot be done without, in one run.

    python benchmarks/predict.py [WHEEL]

measures the shipped model on the Python standard library and prints a table. It judges nothing and
always exits with 0. What it starts are the child processes it measures.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# This process imports nothing heavy: on Linux a child's peak memory begins at its parent's size.
ROUNDS = 3  # of predicting and parsing, in turns; the fastest counts
STARTS = 5  # of each command, in turns; the fastest counts
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
MIB = 1 << 20
HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "examples" / "inventory.py"
PREDICT = [sys.executable, "-m", "fingerprint", "predict", str(EXAMPLE)]
IMPORT = [sys.executable, "-c", "import numpy, tree_sitter"]
CHILD = "--measure"

Row = tuple[str, str, str]


def standard_library() -> list[Path]:
    """Return the modules directly in the standard library's folder, in name order."""
    return sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))


def measure() -> dict[str, float]:
    """Predict and parse the standard library in this process; seconds, bytes and counts."""
    import tree_sitter  # noqa: PLC0415 - the parent stays light
    import tree_sitter_python  # noqa: PLC0415

    import fingerprint  # noqa: PLC0415
    from fingerprint_features.source import MAX_BYTES  # noqa: PLC0415

    contents = [path.read_bytes() for path in standard_library()]
    model = fingerprint.load()
    samples = [
        fingerprint.Sample(code=content.decode("utf-8", "replace"), language="python")
        for content in contents
    ]
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
    heads = [content[:MAX_BYTES] for content in contents]
    first = seconds(lambda: model.predict_many(samples))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT
    found: dict[str, list[float]] = {"predict": [], "parse": [], "parse_head": []}
    for _ in range(ROUNDS):
        found["predict"].append(seconds(lambda: model.predict_many(samples)))
        found["parse"].append(seconds(lambda: [parser.parse(content) for content in contents]))
        found["parse_head"].append(seconds(lambda: [parser.parse(head) for head in heads]))
    sizes = {"files": len(contents), "bytes": sum(map(len, contents)), "max_bytes": MAX_BYTES}
    fastest = {name: min(times) for name, times in found.items()}
    return fastest | sizes | {"first": first, "peak": peak}


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def run(command: Sequence[str]) -> str:
    """Return a command's standard output; OSError with the end of its errors where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        errors = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise OSError(errors[-1])
    return done.stdout


def library_rows() -> list[Row]:
    """Measure prediction beside parsing, and peak memory, in a child process."""
    told = json.loads(run([sys.executable, str(Path(__file__).resolve()), CHILD]))
    predict, parse, head = told["predict"], told["parse"], told["parse_head"]
    size = f"{told['files']:.0f} files, {told['bytes'] / MIB:.1f} MiB"
    cut = f"first {told['max_bytes'] / 1024:.0f} KiB of each, all that is measured"
    return [
        (f"predict_many / tree-sitter parse ({size})", f"{predict / parse:.2f} x", "5 x"),
        (f"predict_many / tree-sitter parse ({cut})", f"{predict / head:.2f} x", ""),
        ("  predict_many, fastest / first call", f"{predict:.2f} s / {told['first']:.2f} s", ""),
        ("  parse, whole / measured part", f"{parse:.2f} s / {head:.2f} s", ""),
        ("peak memory of load and predict_many", f"{told['peak'] / MIB:.0f} MiB", "300 MB"),
    ]


def start_rows() -> list[Row]:
    """Measure a cold `fingerprint predict FILE` beside importing numpy and tree_sitter."""
    run(PREDICT)  # byte code is compiled once, before the clock runs
    predict, imports = [], []
    for _ in range(STARTS):
        predict.append(seconds(lambda: run(PREDICT)))
        imports.append(seconds(lambda: run(IMPORT)))
    ratio = min(predict) / min(imports)
    return [
        ("cold predict FILE / import numpy, tree_sitter", f"{ratio:.2f} x", "5 x"),
        ("  predict FILE / import", f"{min(predict):.2f} s / {min(imports):.2f} s", ""),
    ]


def wheel_rows(wheels: Sequence[str]) -> list[Row]:
    """Weigh the wheels that are named."""
    return [
        (f"size of {Path(wheel).name}", f"{Path(wheel).stat().st_size / MIB:.1f} MiB", "20 MB")
        for wheel in wheels
    ]


def main(arguments: Sequence[str]) -> int:
    """Print the table; what cannot be measured says why."""
    if list(arguments) == [CHILD]:
        sys.stdout.write(json.dumps(measure()))
        return 0
    rows: list[Row] = [("", "measured", "bar")]
    for part in (library_rows, start_rows, lambda: wheel_rows(arguments)):
        try:
            rows += part()
        except OSError as error:
            rows.append((f"not measured: {error}", "", ""))
    for name, value, bar in rows:
        sys.stdout.write(f"{name:<88}{value:>18}  {bar}".rstrip() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
