from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from fingerprint_features.extract import Features, extract
from fingerprint_features.sample import Sample
from fingerprint_training import extraction
from fingerprint_training.extraction import extract_corpus
from fingerprint_training.feature_files import (
    DamagedFeaturesError,
    read_features,
    write_features,
)

CODE = [f"def f{n}(a, b):\n    # adds {n}\n    return a + b * {n}\n" for n in range(5)]
CODE += ["", "\x00", "fn main() { let x = 1; }\n", "\udc80 = 1\n", "x = 'ä'\n"]
LANGUAGE: list[str | None] = ["python"] * 5 + [None, "python", "rust", "python", None]
CHUNKS = 4  # of 3, 3, 3 and 1 samples


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "CHUNK", 3)


@pytest.fixture
def count_chunks(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    def count(killed_at: int | None = None) -> list[int]:
        sizes: list[int] = []

        def counted(samples: Iterable[Sample]) -> Features:
            if len(sizes) == killed_at:
                raise KilledError
            features = extract(samples)
            sizes.append(len(features))
            return features

        monkeypatch.setattr(extraction, "extract", counted)
        return sizes

    return count


def direct() -> Features:
    return extract(Sample(code=c, language=name) for c, name in zip(CODE, LANGUAGE, strict=True))


def assert_same(got: Features, due: Features) -> None:
    np.testing.assert_array_equal(got.dense, due.dense)
    assert got.dense.dtype == due.dense.dtype
    for one, other in zip(got.lexicon, due.lexicon, strict=True):
        for name in ("indptr", "indices", "counts"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
            assert getattr(one, name).dtype == getattr(other, name).dtype
    assert (got.status, got.language) == (due.status, due.language)
    np.testing.assert_array_equal(got.parsed, due.parsed)
    np.testing.assert_array_equal(got.lines, due.lines)


def test_chunks_equal_direct_extraction(tmp_path: Path) -> None:
    """With and without a cache, cold and warm, the result is that of `extract`, in order."""
    assert_same(extract_corpus(CODE, LANGUAGE), direct())
    for _ in ("cold", "warm"):
        assert_same(extract_corpus(CODE, LANGUAGE, cache=tmp_path / "new" / "cache"), direct())


def test_two_workers_give_what_one_gives(tmp_path: Path) -> None:
    """Processes change the time and nothing else."""
    assert_same(extract_corpus(CODE, LANGUAGE, workers=2, cache=tmp_path), direct())


def test_killed_run_resumes(tmp_path: Path, count_chunks: Callable[..., list[int]]) -> None:
    """What was finished before the end is not measured again, and the result is the same."""
    count_chunks(killed_at=2)
    with pytest.raises(KilledError):
        extract_corpus(CODE, LANGUAGE, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    measured = count_chunks()
    assert_same(extract_corpus(CODE, LANGUAGE, cache=tmp_path), direct())
    assert measured == [3, 1]
    extract_corpus(CODE, LANGUAGE, cache=tmp_path)
    assert measured == [3, 1]


@pytest.mark.parametrize("change", ["code", "language", "schema"])
def test_cache_serves_only_what_it_was_made_for(
    tmp_path: Path,
    count_chunks: Callable[..., list[int]],
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    """Another text, language or feature schema is measured anew, only where it differs."""
    extract_corpus(CODE, LANGUAGE, cache=tmp_path)
    measured = count_chunks()
    code, language = list(CODE), list(LANGUAGE)
    if change == "code":
        code[0] += "\n"
    elif change == "language":
        language[0] = "rust"
    else:
        monkeypatch.setattr(extraction, "schema_hash", lambda: "another")
    extract_corpus(code, language, cache=tmp_path)
    assert measured == ([3, 3, 3, 1] if change == "schema" else [3])


def test_lengths_go_into_the_key() -> None:
    """Moving text from one sample to the next is another chunk, also with forged separators."""
    chunks: list[list[tuple[str, str | None]]] = [
        [("ab", None), ("c", None)],
        [("a", None), ("bc", None)],
        [("ab1 None\nc", None)],
        [("ab", "None"), ("c", None)],
    ]
    assert len({extraction._key(chunk) for chunk in chunks}) == len(chunks)


def damage(file: Path, how: str) -> None:
    content = file.read_bytes()
    if how == "foreign":
        write_features(file, extract([Sample(code="x = 1\n", language="python")]))
        return
    changed = {
        "empty": b"",
        "cut": content[: len(content) // 2],
        "garbage": b"\x80\x04K\x01.",
        "array": b"\x93NUMPY\x01\x00v\x00{'descr': '<i8', 'fortran_order': False, 'shape': ()}",
        "flipped": bytes(
            b ^ (0xFF if len(content) // 4 < at < len(content) // 2 else 0)
            for at, b in enumerate(content)
        ),
    }
    file.write_bytes(changed[how])


@pytest.mark.parametrize("how", ["empty", "cut", "garbage", "array", "flipped", "foreign"])
def test_damaged_cache_is_done_again(
    tmp_path: Path, count_chunks: Callable[..., list[int]], how: str
) -> None:
    """A file that is not what was written is measured anew and written over."""
    extract_corpus(CODE, LANGUAGE, cache=tmp_path)
    key = extraction._key(list(zip(CODE, LANGUAGE, strict=True))[:3])
    damage(tmp_path / f"{key}.npz", how)
    measured = count_chunks()
    assert_same(extract_corpus(CODE, LANGUAGE, cache=tmp_path), direct())
    assert measured == [3]
    extract_corpus(CODE, LANGUAGE, cache=tmp_path)
    assert measured == [3]


def test_every_flipped_byte_is_harmless(tmp_path: Path) -> None:
    """Whichever byte is flipped: the file is refused as damaged, or it says the same."""
    due = extract([Sample(code="x = 1\n", language="python")])
    file = tmp_path / "one.npz"
    write_features(file, due)
    content = file.read_bytes()
    refused = 0
    for at in range(0, len(content), 17):
        file.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        try:
            assert_same(read_features(file), due)
        except DamagedFeaturesError:
            refused += 1
    assert refused > len(content) // 17 // 4


def test_arrays_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """A sound archive whose parts do not fit together is refused with what is wrong."""
    file = tmp_path / "one.npz"
    write_features(file, extract([Sample(code="x = 1\n", language="python")]))
    with np.load(file) as arrays:
        changed = {name: arrays[name] for name in arrays.files}
    changed["tokens.counts"] = changed["tokens.counts"][1:]
    np.savez(file, **changed)
    with pytest.raises(DamagedFeaturesError, match=r"tokens\.counts .*delete it"):
        read_features(file)


def test_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file appears whole or not at all: a write that breaks off leaves an empty folder."""

    def broken(stream: object, **_: object) -> None:
        stream.write(b"half")  # type: ignore[attr-defined]
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez_compressed", broken)
    with pytest.raises(OSError, match="disk full"):
        extract_corpus(CODE, LANGUAGE, cache=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_cache_files_hold_no_pickle(tmp_path: Path) -> None:
    """Every member of a cache file is a plain array: no object dtype anywhere."""
    extract_corpus(CODE, LANGUAGE, cache=tmp_path)
    files = list(tmp_path.iterdir())
    assert len(files) == CHUNKS
    for file in files:
        assert file.suffix == ".npz"
        assert zipfile.is_zipfile(file)
        with np.load(file, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype != object for name in arrays.files)
            assert set(json.loads(arrays["names"].tobytes())) == {"status", "language"}


def test_progress_is_shown_only_when_asked(capfd: pytest.CaptureFixture[str]) -> None:
    """The bar counts samples on standard error; without it nothing is written anywhere."""
    extract_corpus(CODE, LANGUAGE)
    assert capfd.readouterr() == ("", "")
    extract_corpus(CODE, LANGUAGE, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert f"{len(CODE)}/{len(CODE)}" in err


def test_no_samples_and_uneven_input() -> None:
    """Nothing in, nothing out; sequences of different length are refused."""
    assert len(extract_corpus([], [])) == 0
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        extract_corpus(["a"], [])
