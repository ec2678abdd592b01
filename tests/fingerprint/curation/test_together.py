"""Rows judged together: what a group tells and what a row does, whatever the order."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from fingerprint.curation.curate import Curated, curate
from fingerprint.curation.errors import CurationError
from fingerprint.curation.model_answers import Pooled, pooled_by
from fingerprint.curation.review import Review
from fingerprint.curation.rows import Rows, measured
from fingerprint.curation.rules import Rules
from fingerprint.curation.shards import open_shards
from fingerprint.curation.together import Together, judged_together
from fingerprint_models.artefact import open_folder
from fingerprint_models.pooling import Pooling
from fingerprint_models.shipped_models import CODE, shipped_folder

Row = dict[str, Any]
Write = Callable[..., Path]

POOLED = Pooled(Pooling(0.9, 0.2), ("human",))
OUT = "mix.parquet"


def labelled_by() -> str:
    """Return the model that the package ships, as labels name it."""
    header = open_folder(shipped_folder(CODE)).header
    return f"{header['name']} {header['version']}"


def repository(name: object, ai: Sequence[float], **more: Any) -> list[Row]:
    """Return rows of one repository, with these probabilities of AI."""
    return [
        {"code": f"{name} {n} {each}", "path": f"{name}/{n}", "repo": name, "ai": each} | more
        for n, each in enumerate(ai)
    ]


def judge(path: Path, pooled: Pooled = POOLED) -> tuple[Rows, Rows, Together]:
    """Return the rows of files as they are, and as `repo` makes them."""
    shards = open_shards([path])
    how: dict[str, Any] = {"code": None, "near": False, "review": Review(), "seed": 0}
    with measured(shards, **how, beside=None, progress=lambda *_: None) as rows:
        return rows, *judged_together(shards, rows, "repo", pooled)


def made(inputs: Sequence[Path], out: Path, rules: Rules, **how: Any) -> Curated:
    """Curate by `repo`, keeping copies."""
    return curate(inputs, out, rules, card=lambda _: "", together="repo", **how)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40), st.floats(0.2, 3), st.floats(0, 0.5))
def test_groups_are_pooled_as_the_model_pools(
    human: list[float], factor: float, growth: float
) -> None:
    """From mean logs of several groups come the answers that `Pooling` gives to each group."""
    pooling = Pooling(factor, growth)
    p = np.column_stack((human, 1 - np.array(human)))
    groups = [p, p[:2]]
    logs = np.array([np.log(np.maximum(each, 1e-6)).mean(axis=0) for each in groups])
    sizes = np.array([len(each) for each in groups])
    told = pooling.of_means(logs, sizes)
    assert told == pytest.approx(np.array([pooling(each) for each in groups]))


def test_answer_is_the_mean_of_the_row_and_its_group(write: Write) -> None:
    """`ai` is the mean of a row's own probability and its group's, and so is the family."""
    path = write(
        repository("a", [0.95, 0.95, 0.95, 0.4], family="gpt") + repository("b", [0.1] * 4)
    )
    before, after, told = judge(path)
    table = parquet.read_table(path)["fp_probabilities"].to_pylist()
    answers = np.array([list(each.values()) for each in table])
    for own in (slice(0, 4), slice(4, 8)):
        group = POOLED.pooling(answers[own])
        assert after.ai[own] == pytest.approx((before.ai[own] + 1 - group[0]) / 2, abs=1e-6)
    assert before.family.tolist() == [2, 2, 2, 0, 0, 0, 0, 0]
    assert after.family[3] == 2, "human alone, by gpt in its repository"
    assert told == Together("repo", 2, 8)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_rows_without_a_group_stand_alone(write: Write, nothing: str | None) -> None:
    """Rows without a value, groups of two and rows that were not scored stay as they are."""
    rows = repository(nothing, [0.9, 0.2, 0.4, 0.5]) + repository("two", [0.9, 0.1])
    rows += repository("scored twice", [0.9, 0.1]) + repository(
        "scored twice", [0.5], status="empty"
    )
    before, after, told = judge(write(rows))
    np.testing.assert_array_equal(after.ai, before.ai)
    np.testing.assert_array_equal(after.family, before.family)
    assert told == Together("repo", 0, 0)


def test_numbers_are_groups_too(write: Write) -> None:
    """A column of numbers makes groups; what is no number makes none."""
    rows = repository(7.0, [0.9, 0.8, 0.2]) + repository(float("nan"), [0.9, 0.8, 0.2])
    before, after, told = judge(write(rows))
    assert told == Together("repo", 1, 3)
    assert (after.ai[:3] != before.ai[:3]).all()


def test_persons_count_as_human(write: Write) -> None:
    """The share of an enrolled person is none of AI's."""
    path = write(repository("a", [0.8] * 5, family="gpt"))
    _, alone, _ = judge(path)
    _, person, _ = judge(path, Pooled(POOLED.pooling, ("human", "gpt")))
    assert (person.ai < alone.ai - 0.3).all()


def test_order_of_rows_and_files_is_nothing(write: Write) -> None:
    """Shuffled and cut into other files, each row gets the same probability to the last bit."""
    chance = random.Random(3)
    rows = [
        row
        for name in range(6)
        for row in repository(f"r{name}", [chance.random() for _ in range(2 + name * 9)])
    ]
    mixed = chance.sample(rows, len(rows))
    one = write(rows, "one.parquet")
    two = write(mixed[:60], "two/a.parquet", row_group_size=7).parent
    write(mixed[60:], "two/b.parquet")
    found = [judge(path)[1].ai.tolist() for path in (one, two)]
    by_row = dict(zip((row["path"] for row in rows), found[0], strict=True))
    assert [by_row[row["path"]] for row in mixed] == found[1]


def test_repository_goes_as_a_whole(write: Write, tmp_path: Path) -> None:
    """One human-looking file goes with its repository; one AI-looking file stays with its own."""
    model = labelled_by()
    rows = repository("machine", [0.95] * 30 + [0.25], model=model)
    rows += repository("people", [0.05] * 30 + [0.55], model=model)
    rows += repository(None, [0.25, 0.55], model=model)
    gone = tmp_path / "gone.parquet"
    rules = Rules(max_ai=0.4, weight=True, copies="none")
    told = made([write(rows)], tmp_path / OUT, rules, removed=gone)
    kept, rest = parquet.read_table(told.out), parquet.read_table(gone)
    assert set(kept["repo"].to_pylist()) == {"people", None}
    assert kept.num_rows == 32
    assert rest["repo"].to_pylist() == ["machine"] * 31 + [None]
    assert (rest["fp_ai_together"].to_numpy() > 0.4).all()
    ai = kept["fp_ai_together"].to_numpy()
    assert kept["fp_weight"].to_numpy() == pytest.approx(1 - ai)
    assert told.expected_human == pytest.approx(1 - ai.mean())
    assert told.together == Together("repo", 2, 62)
    assert told.mix.sources == pytest.approx(64**2 / (31**2 + 31**2 + 2**2)), "groups are sources"


def test_unscored_rows_that_stay(write: Write, tmp_path: Path) -> None:
    """A row without an answer has none after it was judged with others."""
    model = labelled_by()
    rows = repository("a", [0.1] * 5, model=model) + [
        dict(row, path="none", status="empty") for row in repository("a", [0.1], model=model)
    ]
    rules = Rules(keep_unscored=True, copies="none")
    told = made([write(rows)], tmp_path / OUT, rules)
    assert parquet.read_table(told.out)["fp_ai_together"].null_count == 1


def test_model_that_is_not_at_hand(write: Write, tmp_path: Path) -> None:
    """Rows by an unknown model, or by several, cannot be judged together, and are told why."""
    for models in (("teams 0.1.0",), ("a 1.0.0", "b 1.0.0")):
        with pytest.raises(CurationError, match=rf"{', '.join(models)}.*--model"):
            pooled_by(models, None)
    path = write(repository("a", [0.1] * 5))
    with pytest.raises(CurationError, match=r"teams 0\.1\.0.*judge rows together"):
        made([path], tmp_path / OUT, Rules())
    with pytest.raises(CurationError, match=r"no column owner.*--together"):
        curate([path], tmp_path / OUT, Rules(), card=lambda _: "", together="owner")


def test_pooling_of_the_shipped_model() -> None:
    """The factors are those that the shipped model pools by."""
    found = pooled_by((labelled_by(),), None)
    config = open_folder(shipped_folder(CODE)).json("config.json")
    assert found == Pooled(Pooling(**config["pooling"]), ("human",))
