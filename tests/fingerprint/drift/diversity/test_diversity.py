import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fingerprint.drift.diversity import diversity as main
from fingerprint.drift.diversity import tail
from fingerprint.drift.diversity.diversity import diversity
from fingerprint.drift.diversity.material import material
from fingerprint.drift.diversity.records import MEASURES, Cell, Diversity, Figure
from fingerprint.drift.errors import DriftError
from fingerprint.drift.rows import Rows
from fingerprint_training.mining.labels import NOBODY

MANY = [f"name_{at}" for at in range(200)]
FEW = MANY[:4]


def cell(found: Diversity, family: str, period: str = "all") -> Cell:
    return next(c for c in found.cells if (c.family, c.period) == (family, period))


def test_family_of_few_names_is_less_diverse(corpus: Callable[..., Rows]) -> None:
    """What varies less is told so, with intervals apart, and the contrast agrees."""
    found = diversity(corpus([("human", 80, MANY, 0.0), ("claude", 80, FEW, 0.0)]), by="none")
    human, claude = (cell(found, family).figures for family in ("human", "claude"))
    for name in ("names", "vendi"):
        assert claude[name].high < human[name].low
    contrast = next(each for each in found.contrasts if each.kind == "human")
    assert contrast.matched == "task"
    assert contrast.figures["vendi"].high < 0
    assert contrast.q["vendi"] < 0.05


def test_more_samples_do_not_move_figures(corpus: Callable[..., Rows]) -> None:
    """Twice the samples of the same kind read the same: no figure grows with their number."""
    small = diversity(corpus([("gpt", 60, MANY, 0.0)]), by="none")
    large = diversity(corpus([("gpt", 280, MANY, 0.0)], seed=1), by="none")
    for name in ("ttr_25", "names", "ast_entropy", "vendi"):
        one, other = (cell(found, "gpt").figures[name] for found in (small, large))
        reach = max(one.high - one.low, other.high - other.low)
        assert abs(one.value - other.value) <= reach
        assert abs(one.value - other.value) <= 0.1 * one.value


def test_more_samples_a_task_do_not_move_differences(corpus: Callable[..., Rows]) -> None:
    """Where answers to a task resemble each other, 2 a task are as diverse as 17 of the same."""
    rows = corpus([("human", 34, MANY, 0.0), ("gpt", 289, MANY, 0.0)], sources=1)
    task = [n % 17 for n in range(len(rows))]
    chance = np.random.default_rng(0)
    code = tuple(
        "".join(f"t{t}_{at} = f{t}_{at}()\n" for at in chance.permutation(24)[:16].tolist())
        for t in task
    )
    rows = replace(rows, code=code, task=np.array([f"task {t}" for t in task]))
    found = diversity(rows, by="none")
    contrast = next(each for each in found.contrasts if each.kind == "human")
    assert contrast.matched == "task"
    for name in ("names", "ast_entropy", "vendi"):
        figure = contrast.figures[name]
        assert (figure.samples, figure.clusters) == (34, 17)
        assert figure.low < 0 < figure.high, name


def test_other_cells_do_not_move_figures(
    corpus: Callable[..., Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A family's figures are the same alone and behind others, also where not all are measured.

    All but the tails: human code tells what is rare.
    """
    monkeypatch.setattr(main, "MOST", 40)
    rows = corpus([("gpt", 60, MANY, 0.0), ("claude", 50, FEW, 0.2), ("human", 20, MANY, 0.1)])
    figures = [
        cell(diversity(each, by="none", tasks=False), "gpt").figures
        for each in (
            rows.take(np.flatnonzero(rows.label == "gpt")),
            rows.take(np.argsort(rows.label, kind="stable")),
        )
    ]
    for name, figure in figures[0].items():
        assert told(figures[1][name]) == pytest.approx(told(figure), nan_ok=True), name


def told(figure: Figure) -> tuple[float, float, float]:
    return figure.value, figure.low, figure.high


def test_other_families_do_not_move_tails(
    corpus: Callable[..., Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which half a source falls in, and so what is rare, humans alone tell."""
    monkeypatch.setattr(tail, "RARE", 0.1)
    monkeypatch.setattr(tail, "FEWEST_HUMANS", 20)
    rows = corpus([("human", 80, FEW, 0.2), ("gpt", 60, FEW, 0.2), ("claude", 60, FEW, 0.2)])
    strange = np.where(rows.label == "claude", np.char.add("fork of ", rows.source), rows.source)
    rows = replace(rows, source=strange)
    shares = []
    for each in (rows, rows.take(np.flatnonzero(rows.label != "claude"))):
        found, missing = tail.tails(material(each, np.full(len(each), ""), seed=0), seed=0)
        assert not missing
        shares.append(found["apis"][each.label == "gpt"])
    assert shares[0].mean() > 0
    assert shares[0] == pytest.approx(shares[1])


def test_something_can_be_rare_wherever_tails_are_shown() -> None:
    """An item of two humans is rare among the fewest that are asked for, and not among one less."""
    for count, expected in ((tail.FEWEST_HUMANS, {"a"}), (tail.FEWEST_HUMANS - 1, set())):
        items = [{"a"} if at < 2 else {"b"} for at in range(count)]
        used = [{kind: Counter(each) for kind in tail.ITEMS} for each in items]
        assert tail._rare(used)["apis"] == expected


def test_tasks_stand_in_sources_where_there_are_enough(corpus: Callable[..., Rows]) -> None:
    """How alike answers are varies by source: with five or more, these are what is drawn."""
    models = np.where(np.arange(96) % 2 == 0, "gpt-4o", "gpt-4.1")
    for sources, of, count in ((8, "source", 8), (1, "task", 6)):
        rows = corpus([("gpt", 96, MANY, 0.0)], sources=sources)
        task = np.array([f"task {at // 16}" for at in range(96)])
        found = diversity(replace(rows, model=models, task=task), by="none")
        for name in ("self_similarity", "vendi") if sources == 1 else ("repeat_similarity",):
            figure = cell(found, "gpt").figures[name]
            assert (figure.of, figure.clusters) == (of, count)


def test_same_seed_gives_the_same_record(corpus: Callable[..., Rows]) -> None:
    """Two runs are alike to the last digit, and the record is plain JSON without NaN."""
    rows = corpus([("human", 40, MANY, 0.0), ("gpt", 40, FEW, 0.0)])
    one, other = (json.dumps(diversity(rows, by="none").to_dict()) for _ in range(2))
    assert one == other
    assert "NaN" not in one


def test_small_cells_are_not_shown(corpus: Callable[..., Rows]) -> None:
    """29 samples are too few for any figure, and the reason is told."""
    found = diversity(corpus([("gpt", 29, MANY, 0.0), ("claude", 40, MANY, 0.0)]), by="none")
    small = cell(found, "gpt").figures
    assert list(small) == list(MEASURES)
    assert not any(figure.shown for figure in small.values())
    assert small["vendi"].why == "29 samples, fewer than 30"
    assert small["vendi"].to_dict()["value"] is None
    assert cell(found, "claude").figures["vendi"].shown


def test_few_clusters_are_not_shown(corpus: Callable[..., Rows]) -> None:
    """Samples of one task of one source tell nothing of others, however many they are."""
    rows = corpus([("gpt", 60, MANY, 0.0)], sources=1)
    rows = replace(rows, task=np.full(len(rows), "task"))
    figure = cell(diversity(rows, by="none"), "gpt").figures["vendi"]
    assert figure.why == "1 tasks, fewer than 5"


def test_tails_need_human_code(corpus: Callable[..., Rows]) -> None:
    """Nothing is called rare without enough human samples of the language."""
    figure = cell(diversity(corpus([("gpt", 60, MANY, 0.9)]), by="none"), "gpt").figures
    assert figure["tail_apis"].why == "0 human samples in python: each half of them must have 201"


def test_family_that_uses_nothing_rare_has_no_tail(
    corpus: Callable[..., Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A family without rare calls reads 0, humans by the other half's measure do not."""
    monkeypatch.setattr(tail, "RARE", 0.06)
    monkeypatch.setattr(tail, "FEWEST_HUMANS", 100)
    rows = corpus([("human", 400, FEW, 0.05), ("gpt", 60, FEW, 0.0), ("claude", 60, FEW, 0.05)])
    found = diversity(rows, by="none")
    apis = {family: cell(found, family).figures["tail_apis"] for family in ("human", "gpt")}
    assert (apis["gpt"].value, apis["gpt"].high) == (0.0, 0.0)
    assert apis["human"].low > 0.005
    contrast = {c.family: c.figures["tail_apis"] for c in found.contrasts if c.kind == "human"}
    assert contrast["gpt"].high < 0
    # What uses rare calls as people do reads as people: they have no advantage of their own half.
    assert contrast["claude"].low < 0 < contrast["claude"].high


def test_answers_to_one_task_are_compared_by_model(corpus: Callable[..., Rows]) -> None:
    """Copies are alike by 1; pairs of one model and of two are told apart."""
    rows = corpus([("gpt", 60, MANY, 0.0)], sources=1)
    models = np.where(np.arange(60) < 30, "gpt-4o", "gpt-4.1")
    first = [rows.code[at % 6] if at < 30 else rows.code[at] for at in range(60)]
    found = diversity(replace(rows, code=tuple(first), model=models), by="none")
    figures = cell(found, "gpt").figures
    assert figures["repeat_similarity"].value > figures["self_similarity"].value + 0.2
    copies = replace(rows, code=tuple(rows.code[at % 6] for at in range(60)), model=models)
    figures = cell(diversity(copies, by="none"), "gpt").figures
    assert figures["self_similarity"].value == pytest.approx(1.0)
    untold = cell(diversity(copies, by="none", tasks=False), "gpt").figures
    assert untold["self_similarity"].why == "no tasks"


def test_later_periods_are_held_against_the_first(corpus: Callable[..., Rows]) -> None:
    """A family that narrows reads as narrower than its own first period."""
    rows = corpus([("gpt", 60, MANY, 0.0), ("gpt", 60, FEW, 0.0)])
    models = np.where(np.arange(120) < 60, "gpt-4o", "gpt-4.1")
    found = diversity(replace(rows, model=models), by="release")
    contrast = next(each for each in found.contrasts if each.kind == "first")
    assert (contrast.against_period, contrast.period) == ("2024-H1", "2025-H1")
    assert contrast.figures["names"].high < 0


def test_one_project_is_not_held_against_others(corpus: Callable[..., Rows]) -> None:
    """What sets one repository apart from others is not put down to a family."""
    rows = corpus([("human", 60, MANY, 0.0), ("gpt", 60, FEW, 0.0)])
    ours = np.where(rows.label == "gpt", "another", rows.source)
    found = diversity(replace(rows, source=ours), by="none", tasks=False)
    contrast = next(each for each in found.contrasts if each.kind == "human")
    assert contrast.matched == "language"
    assert contrast.figures["vendi"].why == "1 sources on both sides alike, fewer than 5"


def test_rows_without_labels_are_refused_with_the_mend(corpus: Callable[..., Rows]) -> None:
    """A corpus that nobody labelled is no input, and the message says so."""
    rows = corpus([("gpt", 3, FEW, 0.0)])
    with pytest.raises(DriftError, match="no row has a label"):
        diversity(replace(rows, label=np.full(3, "")))
    with pytest.raises(DriftError, match="each is 1"):
        diversity(rows, each=1)


@pytest.mark.parametrize("nobody", ["", "unknown", *NOBODY])
def test_labels_that_name_nobody_are_no_family(corpus: Callable[..., Rows], nobody: str) -> None:
    """They give way to the stated model's family, as where families converge, or are left out."""
    rows = corpus([("gpt", 40, FEW, 0.0), (nobody, 30, FEW, 0.0)])
    model = np.where(np.arange(70) < 65, "", "claude-opus-4-6")
    found = diversity(replace(rows, model=model), by="none")
    assert {(each.family, each.samples) for each in found.cells} == {("gpt", 40), ("claude", 5)}
    assert (found.measured, found.unlabelled) == (45, 25)


def test_rows_of_no_period_are_counted(corpus: Callable[..., Rows]) -> None:
    """Rows without a date, or without a release; people's have none and are not missed."""
    rows = corpus([("human", 20, FEW, 0.0), ("gpt", 20, FEW, 0.0)])
    rows = replace(rows, date=np.where(np.arange(40) % 4 == 0, np.datetime64("NaT"), rows.date))
    models = replace(rows, model=np.where(np.arange(40) % 2 == 0, "gpt-4o", "mine"))
    assert diversity(rows, by="quarter").undated == 10
    assert diversity(models, by="release").undated == 10
    found = diversity(rows, by="none")
    assert found.undated == 0
    assert found.to_dict()["undated"] == 0
    bare = replace(rows, date=np.full(40, np.datetime64("NaT"), dtype="datetime64[D]"))
    with pytest.raises(DriftError, match="no row has a date"):
        diversity(bare, by="quarter")
    assert diversity(bare, by="release").undated == 20
