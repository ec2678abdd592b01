import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fingerprint.drift.errors import DriftError
from fingerprint.drift.measured import Measured
from fingerprint.drift.stream import Watched, append_window, bag
from fingerprint.drift.stream.state import State

Make = Callable[..., Measured]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def p_values(watched: Watched) -> tuple[float, ...]:
    return tuple(each.p_value for each in watched.detectors)


def test_a_clear_change_is_found_within_two_windows_and_dated(make: Make, state: Path) -> None:
    """All of a window changed: alarm in two windows, the right group named, the right start."""
    reference = make(600, 0)
    quiet = [append_window(state, reference, make(200, seed)) for seed in range(1, 5)]
    found = [append_window(state, reference, make(200, 50 + n, shift=1.5)) for n in range(2)]
    told = next(each for each in found if each.alarm)
    assert not any(each.alarm for each in quiet)
    assert told.raised == ("within_languages",)
    assert told.since == 5
    assert all(each.e_value > 10 for each in (each.detectors[1] for each in found))
    groups = {each.name for each in found[0].moved if each.what == "group"}
    assert groups == {"shape", "together"}


def test_what_moves_everywhere_a_little_is_told(make: Make, state: Path) -> None:
    """A shift that no group shows alone at 5 %, but all together do, is named so."""
    window = make(200, 2)
    window.values[:] += 0.14
    watched = append_window(state, make(600, 0), window)
    assert watched.detectors[1].p_value < 0.05
    assert [each.name for each in watched.moved] == ["together"]


def test_an_admixture_is_found_within_two_windows(make: Make, state: Path) -> None:
    """30 % of a window changed far enough alarm in two windows too."""
    reference = make(600, 0)
    append_window(state, reference, make(300, 1))
    found = [
        append_window(state, reference, make(300, 50 + n, shift=2.0, share=0.3)) for n in range(2)
    ]
    assert any(each.alarm for each in found)


def test_a_language_shift_is_told_as_one(make: Make, state: Path) -> None:
    """Languages in other shares alarm the detector of languages, and not that within them."""
    reference = make(600, 0)
    append_window(state, reference, make(200, 1))
    found = [append_window(state, reference, make(200, 50 + n, mix=(0.2, 0.8))) for n in range(2)]
    raised = {name for each in found for name in each.raised}
    assert raised == {"languages"}
    moved = {each.name: each for each in found[0].moved if each.what == "language"}
    assert set(moved) == {"java", "python"}
    share, before = moved["java"].share, moved["java"].before
    assert share is not None
    assert before is not None
    assert share > 0.7 > before


def test_a_language_never_seen_is_a_language_shift_only(make: Make, state: Path) -> None:
    """A window all in a new language has nothing to be compared with but its language."""
    watched = append_window(state, make(600, 0), make(200, 1, mix=(0.0, 0.0, 1.0)))
    assert watched.detectors[0].p_value < 0.001
    assert {each.what for each in watched.moved} == {"language"}


def test_what_was_to_be_expected_leaves_the_window_out(make: Make, state: Path) -> None:
    """A large window all in a new language is held to the reference, which has none of it."""
    watched = append_window(state, make(600, 0, mix=(1.0,)), make(500, 1, mix=(0.0, 1.0)))
    shares = {each.name: (each.share, each.before) for each in watched.moved}
    assert shares == {"java": (1.0, 0.0), "python": (0.0, 1.0)}


@pytest.mark.usefixtures("few")
def test_p_values_are_uniform_and_false_alarms_rare(make: Make, tmp_path: Path) -> None:
    """Without a change p-values are uniform, unrelated from window to window, alarms within rate.

    400 windows at one in 20 windows: 20 expected at most; 38 would come by chance once in 5,000.
    """
    streams = []
    for number in range(20):
        reference = make(150, 10_000 + number)
        windows = (make(40, 1000 * number + each) for each in range(20))
        file = tmp_path / str(number)
        streams.append(
            [append_window(file, reference, each, false_alarms=20, seed=number) for each in windows]
        )
    found = np.array([[p_values(each) for each in stream] for stream in streams])
    flat = found.reshape(-1, 2)
    for level in (0.05, 0.25, 0.5, 0.75):
        assert np.abs((flat <= level).mean(axis=0) - level).max() < 4.5 * np.sqrt(
            level * (1 - level) / len(flat)
        )
    following = np.corrcoef(found[:, :-1, 1].ravel(), found[:, 1:, 1].ravel())[0, 1]
    assert abs(following) < 0.2
    assert sum(each.alarm for stream in streams for each in stream) < 38


@pytest.mark.usefixtures("few")
def test_samples_are_forgotten_alike(
    make: Make, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bag that overflows drops the reference's samples as well: p-values stay uniform."""
    monkeypatch.setattr(bag, "CAPACITY", 150)
    reference = make(200, 0)
    found = [append_window(state, reference, make(60, seed)) for seed in range(1, 61)]
    values = np.array([p_values(each) for each in found])
    assert np.abs(np.median(values, axis=0) - 0.5).max() < 0.25
    assert state.stat().st_size < 60_000
    kept = State.from_bytes(state.read_bytes())
    first = {row.tobytes() for row in kept.projection(reference)}
    assert len(kept.bag) == 150
    assert not first & {row.tobytes() for row in kept.bag.outputs}


def test_the_same_stream_twice_is_the_same(make: Make, tmp_path: Path) -> None:
    """Equal windows, reference and seed give equal records and files; p-values hang on the seed."""
    sides = [make(80, seed) for seed in range(4)]
    told = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        file = tmp_path / name
        for side in sides[1:]:
            last = append_window(file, make(200, 9), side, seed=seed)
        told.append((p_values(last), last.to_dict(), file.read_bytes()))
    assert told[0] == told[1]
    assert told[0][0] != told[2][0]


def test_a_record_is_plain_data(make: Make, state: Path) -> None:
    """What is told survives JSON, counts windows and carries the guarantee."""
    for seed in (1, 2):
        watched = append_window(state, make(200, 0), make(60, seed))
    told = json.loads(json.dumps(watched.to_dict()))
    assert told["windows"] == 2
    assert [each["window"] for each in told["past"]] == [1, 2]
    assert told["detectors"][0]["threshold"] == 200
    assert "at most one false alarm in 100 windows" in told["guarantee"]
    assert told["schema_version"] == 1


def test_a_window_is_not_taken_twice(make: Make, state: Path) -> None:
    """Samples that the stream holds as an earlier window are refused, in whatever order."""
    reference, window = make(200, 0), make(60, 1)
    append_window(state, reference, window)
    append_window(state, reference, make(60, 2))
    before = state.read_bytes()
    with pytest.raises(DriftError, match="holds this window already, as number 1"):
        append_window(state, reference, window.take(np.arange(60)[::-1]))
    assert state.read_bytes() == before


def test_the_latest_window_is_told_again(make: Make, state: Path) -> None:
    """What was told of it may have been lost: an alarm comes again, and the stream stays."""
    reference = make(600, 0)
    append_window(state, reference, make(200, 1))
    for seed in (2, 3, 4):
        window = make(200, seed, shift=1.5)
        told = append_window(state, reference, window)
        before = state.read_bytes()
        assert append_window(state, reference, window.take(np.arange(200)[::-1])) == told
        assert state.read_bytes() == before
        if told.alarm:
            break
    assert told.alarm
    assert told.moved
    assert append_window(state, reference, make(200, 9)).windows == told.windows + 1


def test_changes_are_windows_too(make: Make, state: Path) -> None:
    """Commits and pull requests, with groups, strata and ids of their own, go the same way."""
    strata = {"python": "python", "java": "pull request"}

    def changes(count: int, seed: int, shift: float = 0.0) -> Measured:
        side = make(count, seed, shift=shift)
        return replace(
            side,
            groups=tuple(f"activity {name}" for name in side.groups),
            language=np.array([strata[name] for name in side.language]),
            known_as=np.array([f"{at:040x}" for at in range(count)]),
        )

    quiet = append_window(state, changes(600, 0), changes(200, 1))
    moved = append_window(state, changes(600, 0), changes(200, 2, shift=1.5))
    assert not quiet.alarm
    assert moved.detectors[1].p_value < 0.001
    assert {each.name for each in moved.moved} == {"activity shape", "together"}


def test_too_few_samples_are_refused(make: Make, state: Path) -> None:
    """Small windows and references are refused by name, and no file appears."""
    with pytest.raises(DriftError, match="side 1: 29 samples are too few for a window"):
        append_window(state, make(200, 0), make(29, 1))
    with pytest.raises(DriftError, match="side 0: 99 samples are too few for a reference"):
        append_window(state, make(99, 0), make(30, 1))
    assert not state.exists()


def test_sides_of_two_models_are_refused(make: Make, state: Path) -> None:
    """A window of another model, or of other columns, is not compared."""
    with pytest.raises(DriftError, match=r"two models: toy 1\.0\.0 and toy 2\.0\.0"):
        append_window(state, make(200, 0), make(60, 1, version="2.0.0"))
    with pytest.raises(DriftError, match="other columns"):
        append_window(state, make(200, 0), make(60, 1, renamed=True))


def test_a_state_of_another_stream_is_refused(make: Make, state: Path) -> None:
    """Another model, columns, reference, rate or seed: refused by name, and the file kept."""
    append_window(state, make(200, 0), make(60, 1))
    before = state.read_bytes()

    def refused(match: str, **given: object) -> None:
        made = {key: given[key] for key in ("version", "renamed") if key in given}
        kept = {key: given[key] for key in ("false_alarms", "seed") if key in given}
        reference = make(200, given.get("reference", 0), **made)
        with pytest.raises(DriftError, match=match) as told:
            append_window(state, reference, make(60, 2, **made), **kept)  # type: ignore[arg-type]
        assert str(state) in str(told.value)
        assert state.read_bytes() == before

    refused("another version of the model", version="2.0.0")
    refused("other columns", renamed=True)
    refused("another reference", reference=7)
    refused("another rate of false alarms", false_alarms=50)
    refused("another seed", seed=1)


def test_a_model_that_tells_something_else_is_another_reference(make: Make, state: Path) -> None:
    """The same samples told otherwise, by other weights of the same name, are refused."""
    reference = make(200, 0)
    append_window(state, reference, make(60, 1))
    other = replace(reference, told=np.full(len(reference), "human"))
    with pytest.raises(DriftError, match="another reference"):
        append_window(state, other, make(60, 2))


@pytest.mark.parametrize("given", [{"false_alarms": 0}, {"seed": -1}])
def test_settings_out_of_range_are_refused(make: Make, state: Path, given: dict[str, int]) -> None:
    """No rate below one window and no seed below 0."""
    with pytest.raises(DriftError, match="at least"):
        append_window(state, make(200, 0), make(60, 1), **given)
