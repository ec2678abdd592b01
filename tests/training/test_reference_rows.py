"""Which training samples a model keeps."""

from __future__ import annotations

from collections import Counter

from fingerprint_training.reference_rows import PER_SOURCE, drawn


def test_no_source_drowns_the_others() -> None:
    """Of each source as many as the limit allows, each once, the same for the same seed."""
    source = ["big"] * 500 + ["small"] * 3 + ["one"]
    rows = drawn(source, 0)
    counts = Counter(source[i] for i in rows.tolist())
    assert counts == {"big": PER_SOURCE, "small": 3, "one": 1}
    assert rows.tolist() == sorted(set(rows.tolist())) == drawn(source, 0).tolist()
    assert rows.tolist() != drawn(source, 1).tolist()


def test_not_too_many() -> None:
    """With many sources each gives fewer, and one at the least."""
    assert len(drawn([str(i % 5) for i in range(100)], 0, 10)) == 10
    assert len(drawn([str(i) for i in range(40)], 0, 10)) == 40
