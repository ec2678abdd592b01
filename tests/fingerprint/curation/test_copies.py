"""Near copies: found where they are, in whatever order, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from fingerprint.curation.content import draws, mixed, signatures, text_keys
from fingerprint.curation.copies import exact_copies, near_copies


def marks_of(texts: list[str | None]) -> npt.NDArray[np.uint8]:
    """Return signatures."""
    return signatures(texts, np.arange(len(texts), dtype=np.uint64))


def shuffled(n: int, seed: int) -> list[int]:
    """Return an order of n places."""
    return random.Random(seed).sample(range(n), n)


def test_near_copies_are_found(code: Callable[[int], str]) -> None:
    """A text with one word changed is a copy of the first; other texts are none."""
    texts = [code(n) for n in range(20)]
    near = [text.replace("call_", "kall_", 1) for text in texts]
    marks = marks_of([*texts, *near])
    assert near_copies(marks, np.arange(40)).tolist() == list(range(20, 40))
    assert near_copies(marks, np.arange(20)).tolist() == []
    assert near_copies(marks, np.arange(40)[::-1]).tolist() == list(range(20))


def test_order_on_disk_does_not_matter(code: Callable[[int], str]) -> None:
    """The same ranking of the same rows leaves the same ones, wherever they lie."""
    texts = [code(n % 15) + f"\nend_{n} = {n}" * (n % 4) for n in range(60)]
    marks = marks_of([*texts])
    plain = near_copies(marks, np.arange(60))
    order = np.array(shuffled(60, 5))
    back = np.argsort(order)
    assert len(plain) >= 30
    assert sorted(order[near_copies(marks[order], back)].tolist()) == plain.tolist()


def test_short_and_empty_texts() -> None:
    """Texts of fewer tokens than a run are copies of their like alone, no text of none."""
    marks = marks_of(["a = 1", "a = 2", "a  =  1", "", None, None])
    assert near_copies(marks, np.arange(6)).tolist() == [2]
    assert marks_of([]).shape == (0, 128)


def test_exact_copies_differ_in_white_space_only() -> None:
    """White space is no difference; a null text is a copy of nothing."""
    own = np.array([1, 2, 3, 4, 5], dtype=np.uint64)
    keys = text_keys(["a b", "a\n\tb", "ab", None, None], own)
    assert exact_copies(keys, np.arange(5)).tolist() == [1]
    assert exact_copies(keys, np.array([1, 0, 2])).tolist() == [0]


def test_draws_are_of_content() -> None:
    """A draw knows every column but those of labelling, the seed, and neither order nor place."""
    batch = pa.RecordBatch.from_pydict(
        {"code": ["x", "y"], "tags": [["a"], None], "fp_model": ["m 1", "m 2"]}
    )
    plain = draws(batch, 0)
    assert draws(batch.select(["tags", "code", "fp_model"]), 0).tolist() == plain.tolist()
    assert draws(batch.select(["code", "tags"]), 0).tolist() == plain.tolist()
    assert draws(batch.take(pa.array([1, 0])), 0).tolist() == plain[::-1].tolist()
    assert not set(draws(batch, 1).tolist()) & set(plain.tolist())
    assert not set(draws(batch.select(["code"]), 0).tolist()) & set(plain.tolist())


def test_purposes_draw_apart() -> None:
    """Numbers for two purposes are evenly spread and tell nothing of each other."""
    plain = np.arange(20_000, dtype=np.uint64)
    one, two = (mixed(plain, purpose) / 2.0**64 for purpose in (1, 2))
    assert one.mean() == pytest.approx(0.5, abs=0.02)
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.03
