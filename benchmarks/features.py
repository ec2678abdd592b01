"""Cost of the features, as multiples of the time tree-sitter alone takes to parse the same files.

Run `python benchmarks/features.py [FOLDER]`; FOLDER holds Python files, by default this Python's
standard library. The features read a bounded head of each file, the bare parse reads it whole:
that is what a user who points the product at a folder would compare. Times are processor time,
the best of three rounds.
"""

from __future__ import annotations

import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "features")]

from fingerprint_features import lexicon, registry  # noqa: E402
from fingerprint_features.batch import BATCH, Batch  # noqa: E402
from fingerprint_features.extract import extract  # noqa: E402
from fingerprint_features.grammars import grammar  # noqa: E402
from fingerprint_features.sample import Sample  # noqa: E402
from fingerprint_features.source import prepare  # noqa: E402

ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of the fastest of `ROUNDS` runs of `work`."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def fresh(samples: list[Sample]) -> list[Batch]:
    """Return batches with nothing cached yet but what every extractor shares."""
    sources = [prepare(sample) for sample in samples]
    batches = [Batch.of(sources[at : at + BATCH]) for at in range(0, len(sources), BATCH)]
    for batch in batches:
        _ = batch.names, batch.whole.indent, batch.uncommented, batch.nodes.role
    return batches


def say(line: str) -> None:
    """Write one line of the report."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Print one line a stage: its name, its columns, its ratio to the bare parse."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_paths()["stdlib"])
    files = [path.read_bytes() for path in sorted(folder.glob("*.py"))]
    samples = [Sample(data.decode("utf-8", "replace"), "python") for data in files]
    parser = grammar("python").parser
    bare = seconds(lambda: [parser.parse(data) for data in files])
    say(f"{len(files)} files, bare parse {bare:.3f} s; all else in multiples of it")
    say(f"{'prepare':14}     {seconds(lambda: [prepare(s) for s in samples]) / bare:6.2f}")
    batches = fresh(samples)
    for extractor in registry.EXTRACTORS:
        cost = seconds(lambda e=extractor: [e.measure(batch) for batch in batches])
        say(f"{extractor.id:14} {len(extractor.columns):3d} {cost / bare:6.2f}")
    counted = seconds(lambda: [lexicon.count_batch(batch) for batch in batches])
    say(f"{'lexicon':14}     {counted / bare:6.2f}")
    total = seconds(lambda: extract(samples))
    say(f"{'all':14} {len(registry.COLUMNS):3d} {total / bare:6.2f}")


if __name__ == "__main__":
    main()
