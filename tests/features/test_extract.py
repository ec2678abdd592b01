import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features import lexicon, registry
from fingerprint_features.errors import NotTextError
from fingerprint_features.extract import SparseRows, concatenate, extract
from fingerprint_features.sample import Sample
from fingerprint_features.source import MAX_BYTES, prepare

CODE = "def f(a):\n    return a + 1\n"


def dense(rows: SparseRows) -> np.ndarray:
    table = np.zeros((len(rows.indptr) - 1, 64), dtype=np.int64)
    for row, (a, b) in enumerate(zip(rows.indptr[:-1], rows.indptr[1:], strict=True)):
        table[row, rows.indices[a:b]] = rows.counts[a:b]
    return table


@st.composite
def sparse(draw: st.DrawFn) -> SparseRows:
    table = draw(st.lists(st.dictionaries(st.integers(0, 63), st.integers(1, 9)), max_size=6))
    flat = [pair for row in table for pair in sorted(row.items())]
    return SparseRows(
        np.cumsum([0, *map(len, table)]).astype(np.int64),
        np.array([bucket for bucket, _ in flat], dtype=np.int32),
        np.array([count for _, count in flat], dtype=np.int32),
    )


@given(st.data(), sparse())
def test_taking_sparse_rows_is_indexing(data: st.DataObject, rows: SparseRows) -> None:
    """`take` gives the rows asked for, in order, repeats and empty rows included."""
    size = len(rows.indptr) - 1
    wanted = data.draw(st.lists(st.integers(0, size - 1), max_size=8) if size else st.just([]))
    at = np.array(wanted, dtype=np.int64)
    assert np.array_equal(dense(rows.take(at)), dense(rows)[at])


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (CODE, "ok"),
        ("", "empty"),
        (" \n\t\n", "empty"),
        (" \r\n" * 50_000, "empty"),
        ("\ufeff", "empty"),
        ("a = 1\0", "binary"),
        (None, "invalid"),
        (b"a = 1", "invalid"),
        ("a = '\ud800'", "ok"),
    ],
)
def test_a_bad_sample_gets_a_status(code: object, status: str) -> None:
    """What cannot be measured is said of that sample; its neighbours are measured."""
    features = extract([Sample(CODE), Sample(code), Sample(CODE)])  # type: ignore[arg-type]
    assert features.status == ("ok", status, "ok")
    assert np.array_equal(features.dense[0], features.dense[2])
    assert features.dense[1].any() == (status == "ok")
    assert (np.diff(features.lexicon[0].indptr)[1] > 0) == (status == "ok")


def test_no_samples_have_shapes_too() -> None:
    """Nothing in, arrays of no rows out."""
    features = extract([])
    assert features.dense.shape == (0, len(registry.COLUMNS))
    assert len(features) == 0
    assert [len(view.indptr) for view in features.lexicon] == [1] * len(lexicon.VIEWS)


def test_batches_join_to_the_whole() -> None:
    """Extracting in parts and joining equals extracting at once; `take` undoes it."""
    samples = [
        Sample(CODE, "python"),
        Sample(""),
        Sample("package a\nfunc f() {}"),
        Sample("x", "sql"),
    ]
    whole = extract(samples)
    joined = concatenate([extract(samples[:1]), extract(samples[1:])])
    again = joined.take(np.arange(4))
    for other in (joined, again):
        assert np.array_equal(whole.dense, other.dense)
        assert whole.status == other.status
        assert whole.language == other.language == ("python", None, "go", "sql")
        assert other.parsed.tolist() == [True, False, True, False]
        assert other.lines.tolist() == [2, 0, 2, 1]
        for one, two in zip(whole.lexicon, other.lexicon, strict=True):
            assert np.array_equal(one.indptr, two.indptr)
            assert np.array_equal(one.indices, two.indices)
            assert np.array_equal(one.counts, two.counts)


def test_code_must_be_text() -> None:
    """Bytes are refused with an error that names what came."""
    with pytest.raises(NotTextError, match="bytes"):
        prepare(Sample(b"x"))  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["a = 1\n" * 9_000, "a" * 90_000, "é" * 90_000, "\r\n" * 90_000])
def test_no_more_than_the_bound_is_read(code: str) -> None:
    """However long the sample, at most `MAX_BYTES` are kept, cut at a line end if there is one."""
    source = prepare(Sample(code, "python"))
    assert len(source.data) <= MAX_BYTES
    assert source.truncated
    assert b"\n" not in source.data or source.data.endswith(b"\n")


@given(st.text(alphabet="ab \t\n{}", max_size=80))
def test_line_arrays_agree_with_splitting(code: str) -> None:
    """Starts, ends, indents and blank lines are those that splitting the text gives."""
    source = prepare(Sample("x" + code, "sql"))
    lines = source.text.split("\n")[:-1]
    assert [
        source.text[a:b] for a, b in zip(source.line_start, source.line_end, strict=True)
    ] == lines
    assert source.blank.tolist() == [not line.strip(" \t") for line in lines]
    filled = [line for line in lines if line.strip(" \t")]
    widths = [
        len((line[: len(line) - len(line.lstrip())]).replace("\t", "    ")) for line in filled
    ]
    assert source.indent[~source.blank].tolist() == widths
