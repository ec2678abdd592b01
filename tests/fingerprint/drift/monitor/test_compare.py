from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor import Drift, compare
from fingerprint.drift.monitor.draws import Draws
from fingerprint.drift.monitor.members import statistics_of
from fingerprint.drift.monitor.panel import stepped_down
from fingerprint.drift.monitor.pooled import pooled
from fingerprint.drift.monitor.verdict import ADVICE, SPOILT
from fingerprint.report import drift_text
from fingerprint_models.attribution import ModelId

Make = Callable[..., Measured]

FEW = 100


def _kinds(drift: Drift) -> set[str]:
    return {each.kind for each in drift.verdict}


def _moved(side: Measured, group: str, by: float) -> Measured:
    values = side.values.copy()
    first = side.groups.index(group)
    values[:, first] += by
    return replace(side, values=values)


@pytest.mark.parametrize("by", ["rows", "sources"])
def test_alarms_at_the_nominal_rate(made: Make, by: str) -> None:
    """Without drift 5 % of comparisons alarm, also where sources differ and whole ones come in."""
    alarms, runs = 0, 100
    for seed in range(runs):
        whole = made(240, seed=seed, sources=24, spread=0.6 if by == "sources" else 0.0)
        random = np.random.default_rng(seed)
        group = (
            np.unique(whole.source, return_inverse=True)[1] if by == "sources" else np.arange(240)
        )
        now = random.permutation(group.max() + 1)[group] < (group.max() + 1) // 3
        sides = whole.take(~now), whole.take(now)
        table = pooled(*sides, by=by, draws=FEW, random=random)
        panel = stepped_down(statistics_of(*sides, table))
        alarms += min(adjusted for _, adjusted in panel.values()) <= 0.05
    # 100 runs at 5 % give from 1 to 12 alarms in 99.2 % of cases.
    assert 1 <= alarms <= 12


def test_rows_alarm_on_other_sources_and_sources_do_not(made: Make) -> None:
    """Sources that differ as the reference's do alarm by rows, and are no drift by sources."""
    whole = made(2000, seed=5, sources=60, spread=0.5)
    now = np.isin(whole.source, np.unique(whole.source)[::3])
    reference, current = whole.take(~now), whole.take(now)
    assert compare(reference, current, by="rows", draws=FEW).drifted
    by_sources = compare(reference, current, draws=FEW)
    assert by_sources.by == "sources"
    assert not by_sources.drifted
    assert "Whole sources" in by_sources.meaning


def test_sources_that_all_moved_are_found(made: Make) -> None:
    """A move that is large beside the spread of sources alarms by sources too."""
    reference = made(1200, seed=1, sources=40, spread=0.3)
    current = _moved(made(400, seed=2, sources=14, spread=0.3, name="new"), "shape", 3.0)
    found = compare(reference, current, draws=FEW)
    assert found.by == "sources"
    assert "features" in found.kinds


@pytest.mark.parametrize("group", ["stylometry", "shape", "comments", "lexicon"])
def test_a_moved_group_is_named(made: Make, group: str) -> None:
    """The group and the column that moved are named with medians on either side, no other group."""
    current = _moved(made(400, seed=2), group, 1.5)
    found = compare(made(800, seed=1), current, draws=FEW)
    groups = [each.name for each in found.members if each.found and each.name != "together"]
    assert found.drifted
    assert groups == [group]
    assert found.columns_moved == 1
    assert found.ngrams_moved == (group == "lexicon")
    if group == "lexicon":
        assert all(each.group != "lexicon" for each in found.columns), "they have no words"
    else:
        assert found.columns[0].name == current.columns[current.groups.index(group)]
        assert found.columns[0].p <= 0.05
        assert found.columns[0].current_median > found.columns[0].reference_median + 1
        assert found.columns[0].psi > found.columns[0].psi_usual
    assert found.classifier > 0.6


def test_rows_that_stand_on_both_sides_are_told(made: Make) -> None:
    """Copies within what comes in, and of the reference, are in the notes; others make none."""
    reference = made(300, seed=1)
    same = compare(reference, reference.take(np.arange(100)), draws=FEW)
    assert any("100 of 100 samples are in the reference as well" in note for note in same.notes)
    again = compare(reference, made(60, seed=2).take(np.arange(120) % 50), draws=FEW)
    assert any("120 samples, of which 50 differ" in note for note in again.notes)
    assert compare(reference, made(60, seed=2), draws=FEW).notes == ()


def test_what_was_left_out_is_told(made: Make) -> None:
    """Rows that could not be measured are in the notes, with why."""
    found = compare(made(300, seed=1), replace(made(60, seed=2), skipped={"empty": 3}), draws=FEW)
    assert any("3 samples left out: empty" in note for note in found.notes)


def test_the_language_that_changed_is_told(made: Make) -> None:
    """Columns that moved in one language alone give that one a small p-value, and not the other."""
    reference, current = made(800, seed=1), made(500, seed=2)
    values = current.values.copy()
    values[current.language == "java", :6] += 1.0
    found = compare(reference, replace(current, values=values), draws=FEW)
    p = {each.name: each.p for each in found.languages}
    assert p["java"] <= 0.05 < p["python"]
    alike = compare(reference, current, draws=FEW)
    assert all(each.p > 0.05 for each in alike.languages)


def test_a_language_shift_is_that_and_nothing_else(made: Make) -> None:
    """Another mix of languages is told as languages, though all columns depend on the language."""
    kinds = []
    for seed in range(8):
        reference = made(500, seed=seed)
        current = made(400, seed=100 + seed, languages={"python": 0.3, "java": 0.7})
        kinds.append(compare(reference, current, draws=FEW).kinds)
    assert all("languages" in each for each in kinds)
    # Each run names another kind with a chance of 5 %: more than two of eight have one of 0.6 %.
    assert sum(each == ("languages",) for each in kinds) >= 6


def test_language_advice_keeps_the_model(made: Make) -> None:
    """The first sentence of a pure language shift says to keep the model."""
    current = made(600, seed=2, languages={"python": 0.2, "java": 0.8})
    found = compare(made(800, seed=1), current, draws=FEW)
    assert found.verdict[0].words == ADVICE["languages"]
    assert "java 4" in found.verdict[1].words


def test_another_mix_of_families_is_estimated(made: Make) -> None:
    """A family mix that shifted is found, and the estimated shares hold the true ones."""
    current = made(900, seed=2, mix=(0.1, 0.3, 0.6))
    found = compare(made(1200, seed=1), current, draws=FEW)
    assert "families" in found.kinds
    assert all(
        each.low - 0.05 <= true <= each.high + 0.05
        for each, true in zip(found.mix, (0.1, 0.3, 0.6), strict=True)
    )
    human = found.predicted[0]
    assert human.current < human.low


def test_odd_samples_are_suspected_and_shown(made: Make) -> None:
    """Unsure answers with strange columns are an unfamiliar generator; examples are of them."""
    current = made(400, seed=2)
    odd = np.arange(400) % 5 == 0
    values, p = current.values.copy(), current.probabilities.copy()
    values[odd] += 1.5
    p[odd] = 1 / 3
    told = np.where(odd, "unknown", current.told)
    current = replace(current, values=values, probabilities=p, told=told)
    found = compare(made(800, seed=1), current, draws=FEW)
    assert found.verdict[0].words == ADVICE["unfamiliar"]
    shown = [each.at for each in found.examples]
    assert set(shown) <= set(current.at[odd].tolist())


def test_calibration_that_got_worse_comes_first(made: Make) -> None:
    """Labels that no longer follow the answers are worse calibration, told before all else."""
    current = made(600, seed=2)
    current = replace(current, label=np.roll(current.label, 1))
    found = compare(made(800, seed=1), current, draws=FEW)
    assert found.calibration is not None
    assert found.calibration.worse
    assert found.calibration.current.ece > found.calibration.reference.high
    assert found.verdict[0].words == ADVICE["calibration"]
    warned = compare(made(800, seed=1), current, draws=FEW, notes=["its sources were trained on"])
    assert warned.verdict[0].words == SPOILT
    assert warned.verdict[1:] == found.verdict[1:]


def test_without_labels_calibration_and_mix_are_left_out(made: Make) -> None:
    """Labels that are no classes of the model count as none."""
    bare = [replace(made(200, seed=s), label=np.full(200, "somebody")) for s in (1, 2)]
    found = compare(*bare, draws=FEW)
    assert found.calibration is None
    assert found.mix == ()
    assert found.reference.labelled == 0
    assert "calibration" not in [each.name for each in found.members]


def test_identical_corpora_show_nothing(made: Make) -> None:
    """A corpus against itself is as unremarkable as can be."""
    side = made(200)
    found = compare(side, side, draws=FEW)
    assert not found.drifted
    assert found.p > 0.9
    assert found.verdict[0].words == ADVICE["nothing"]
    assert _kinds(found) == {"advice", "nothing"}


def test_the_same_seed_says_the_same(made: Make) -> None:
    """Results depend on the arguments alone, and another seed draws other sides."""
    sides = made(200, seed=1), made(100, seed=2)
    first = compare(*sides, draws=FEW, seed=4)
    again = compare(*sides, draws=FEW, seed=4)
    assert json.dumps(first.to_dict()) == json.dumps(again.to_dict())
    assert first.members != compare(*sides, draws=FEW, seed=5).members


@pytest.mark.parametrize(
    "languages", [{"python": 1.0}, {"": 1.0}, {f"l{at}": 0.05 for at in range(20)}]
)
def test_json_is_plain_and_finite(made: Make, languages: dict[str, float]) -> None:
    """One language, none, or too many for the few samples: every record is JSON without NaN."""
    sides = [made(40, seed=seed, languages=languages) for seed in (1, 2)]
    found = compare(*sides, draws=FEW)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["schema_version"] == 1
    assert plain["model"] == {"name": "made", "version": "1"}
    assert "nan" not in "\n".join(drift_text.lines(found)).lower()


def test_disjoint_languages_are_said_to_be_left_out(made: Make) -> None:
    """Where no language is on both sides only languages are compared, and a note says so."""
    current = made(60, seed=2, languages={"ruby": 1.0})
    found = compare(made(60, seed=1), current, draws=FEW)
    assert found.kinds == ("languages",)
    assert not any(each.tested for each in found.languages)
    assert found.verdict[0].words == ADVICE["hardly compared"]
    assert [each.kind for each in found.verdict[1:]] == ["hardly compared", "languages"]
    assert "Not looked into within language" in found.notes[-1]
    assert found.columns == found.examples == ()


def test_all_unknown_and_constant_answers_are_compared(made: Make) -> None:
    """A model that tells nothing, and says the same of all, is no reason to fail or to alarm."""
    sides = [
        replace(
            made(120, seed=seed),
            told=np.full(120, "unknown"),
            probabilities=np.full((120, 3), 1 / 3),
            novelty=np.ones(120),
        )
        for seed in (1, 2)
    ]
    found = compare(*sides, draws=FEW)
    by_name = {each.name: each for each in found.members}
    assert by_name["confidence"].p == by_name["families"].p == 1
    assert json.dumps(found.to_dict(), allow_nan=False)


def test_misuse_is_refused_with_the_mend(made: Make) -> None:
    """Too few samples or sources, other models and senseless numbers are refused by name."""
    side = made(100, name="corpus.csv")
    with pytest.raises(DriftError, match=r"corpus\.csv has 9 samples .* needs 20"):
        compare(side, side.take(np.arange(9)))
    with pytest.raises(DriftError, match="names 0 sources, and by sources needs 20"):
        compare(side, side, by="sources")
    with pytest.raises(DriftError, match="made 1 and made 2: measure both with one model"):
        compare(side, replace(side, model=ModelId("made", "2")))
    with pytest.raises(ValueError, match="p-values cannot reach alpha"):
        compare(side, side, draws=10)


def test_sources_that_both_sides_name_are_compared_by_rows(made: Make) -> None:
    """Whole sources cannot be shuffled where both sides are drawn from the same ones."""
    sides = made(400, seed=1, sources=30), made(300, seed=2, sources=30)
    assert compare(*sides, draws=FEW).by == "rows"


def test_large_sources_are_made_alike(made: Make) -> None:
    """Sources of both sides enter with at most as many samples as the smaller side's usual one."""
    sides = made(400, seed=1, sources=40), made(900, seed=2, sources=3, name="new")
    table = pooled(*sides, by="sources", draws=FEW, random=np.random.default_rng(0))
    assert isinstance(table.draws, Draws)
    assert np.bincount(table.source).max() <= 12
    assert table.current.sum() <= 36


def test_text_and_markdown_tell_what_moved(made: Make) -> None:
    """Both begin with what to do and name the column; names from outside cannot break a table."""
    current = replace(_moved(made(300, seed=2), "shape", 2.0), name="a|b\n<c>")
    found = compare(made(600, seed=1), current, draws=FEW)
    plain, page = "\n".join(drift_text.lines(found)), "\n".join(drift_text.markdown(found))
    for told in (plain, page):
        assert ADVICE["features"] in told
        assert found.columns[0].words in told
    assert plain.startswith(ADVICE["features"])
    assert "1 column moved\n" in plain
    assert "Languages, of the samples compared" in plain
    assert "a\\|b" in page
    assert "<c>" not in page
    assert "| statistic | p | adjusted | excess | found |" in page
