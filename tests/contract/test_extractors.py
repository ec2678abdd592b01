import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_features import lexicon, registry
from fingerprint_features.batch import Batch
from fingerprint_features.languages import PARSED
from fingerprint_features.registry import EXTRACTORS, Extractor
from fingerprint_features.sample import Sample
from fingerprint_features.source import prepare

LANGUAGES = (*PARSED, None, "svelte", "sql", "no-such-language")
SAMPLES = Path(__file__).parent.parent / "golden" / "samples"
CODE = {path.name: path.read_text("utf-8") for path in sorted(SAMPLES.iterdir())}
NASTY = ("\0", "\ud800", "\u2028", "\r", "\ufeff", '"', "`${", "/*", "{", "\\", "é", "\t")

every_extractor = pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda e: e.id)


def values(extractor: Extractor, code: str, language: str | None) -> dict[str, float]:
    return measured(extractor, Sample(code, language))


def measured(extractor: Extractor, *samples: Sample) -> dict[str, float]:
    """Measure samples together; return the columns of the first."""
    columns = extractor.measure(Batch.of([prepare(sample) for sample in samples]))
    assert {column.shape for column in columns.values()} == {(len(samples),)}
    return {name: float(column[0]) for name, column in columns.items()}


def truncated() -> st.SearchStrategy[str]:
    """Pieces of real code, at times with an odd character inside."""

    @st.composite
    def draw_piece(draw: st.DrawFn) -> str:
        code = draw(st.sampled_from(sorted(CODE.values())))
        ends = sorted(draw(st.tuples(*[st.integers(0, len(code))] * 2)))
        piece = code[slice(*ends)]
        at = draw(st.integers(0, len(piece)))
        return piece[:at] + draw(st.sampled_from(("", *NASTY))) + piece[at:]

    return draw_piece()


@every_extractor
@pytest.mark.parametrize("language", LANGUAGES)
def test_same_columns_and_finite_for_an_empty_sample(
    extractor: Extractor, language: str | None
) -> None:
    """An empty sample has every column, finite, in every language and in none."""
    found = values(extractor, "", language)
    assert set(found) == set(extractor.columns)
    assert np.isfinite(list(found.values())).all()


@every_extractor
@pytest.mark.parametrize("name", CODE)
def test_same_columns_deterministic_and_finite_on_code(extractor: Extractor, name: str) -> None:
    """Real code has the same columns as an empty sample, and the same values twice."""
    sample = Sample(CODE[name], None, name)
    first, second = measured(extractor, sample), measured(extractor, sample)
    assert first == second
    assert set(first) == set(extractor.columns)
    assert np.isfinite(list(first.values())).all()


@every_extractor
@pytest.mark.parametrize("name", CODE)
def test_input_is_left_untouched(extractor: Extractor, name: str) -> None:
    """Measuring changes neither the bytes nor the tree that other extractors go on to read."""
    source = prepare(Sample(CODE[name], None, name))
    before = [*arrays(source)]
    extractor.measure(Batch.of([source]))
    assert source.data == prepare(Sample(CODE[name], None, name)).data
    assert all(np.array_equal(a, b) for a, b in zip(before, arrays(source), strict=True))


def arrays(source: object) -> Iterator[np.ndarray]:
    """Copy all shared arrays of a source."""
    assert hasattr(source, "syntax")
    yield from (np.copy(getattr(source, n)) for n in ("line_start", "indent", "blank", "quiet"))
    if source.syntax is not None:
        names = ("kind", "start", "end", "depth", "parent", "role", "name_role")
        yield from (np.copy(getattr(source.syntax, name)) for name in names)


@every_extractor
def test_order_of_samples_does_not_matter(extractor: Extractor) -> None:
    """What was measured before leaves no trace: any order gives the same values."""
    forward = {n: values(extractor, code, None) for n, code in CODE.items()}
    backward = {n: values(extractor, code, None) for n, code in reversed(CODE.items())}
    assert forward == backward


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(st.text(max_size=80), truncated()), st.sampled_from(LANGUAGES)),
        min_size=1,
    )
)
def test_a_batch_changes_nothing(drawn: list[tuple[str, str | None]]) -> None:
    """A sample has the same columns and n-grams alone and among any others."""
    sources = [prepare(Sample(code, language)) for code, language in drawn]
    batch = Batch.of(sources)
    together, views = registry.measure_batch(batch), lexicon.count_batch(batch)
    assert together.shape == (len(drawn), len(registry.COLUMNS))
    for at, source in enumerate(sources):
        assert np.array_equal(together[at], registry.measure(source))
        for view, alone in zip(views, lexicon.count(source), strict=True):
            row = slice(view.indptr[at], view.indptr[at + 1])
            assert np.array_equal(view.indices[row], alone.buckets)
            assert np.array_equal(view.counts[row], alone.counts)


@every_extractor
def test_columns_are_documented(extractor: Extractor) -> None:
    """Every column says in words what it holds, under a name that files can carry."""
    for name, words in extractor.columns.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert len(words) > 5
        assert "\n" not in words


@pytest.mark.parametrize(
    "extractor", [e for e in EXTRACTORS if e.parsed], ids=lambda extractor: extractor.id
)
def test_tree_columns_stay_neutral_without_grammar(extractor: Extractor) -> None:
    """What needs a grammar is the same for all code without one, the entry point aside."""
    found = values(extractor, CODE["Clock.svelte"], "svelte")
    assert found == values(extractor, "", "svelte")


def test_ids_are_unique_and_versioned() -> None:
    """Ids read `name.vN`; no two extractors share a prefix, no two columns a name."""
    ids = [extractor.id for extractor in EXTRACTORS]
    assert all(re.fullmatch(r"[a-z]+\.v[1-9]\d*", one) for one in ids)
    assert len({extractor.prefix for extractor in EXTRACTORS}) == len(ids)
    assert len(set(registry.COLUMNS)) == len(registry.COLUMNS)
    assert set(registry.DESCRIPTIONS) == set(registry.GROUPS) == set(registry.COLUMNS)


def test_schema_hash_moves_with_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model notices a column that changed its place."""
    before = registry.schema_hash()
    monkeypatch.setattr(registry, "COLUMNS", registry.COLUMNS[::-1])
    assert registry.schema_hash() != before


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=400), truncated()), st.sampled_from(LANGUAGES))
def test_a_fragment_never_raises(code: str, language: str | None) -> None:
    """Any text in any language is measured: all columns finite, all counts positive."""
    source = prepare(Sample(code, language))
    row = registry.measure(source)
    assert row.shape == (len(registry.COLUMNS),)
    assert np.isfinite(row).all()
    for view in lexicon.count(source):
        assert (np.diff(view.buckets) > 0).all()
        assert (view.counts > 0).all()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "code",
    [
        "(" * 20_000,
        "[{(" * 7_000,
        "<" * 4_000,
        "/*" * 9_000,
        '"' * 17_000,
        "\n" * 20_000,
        "`${" * 6_000,
    ],
    ids=lambda code: code[:3].encode().hex(),
)
def test_nesting_without_end_is_measured(code: str, language: str | None) -> None:
    """Brackets, comments and quotes that never close give finite columns, without a warning."""
    assert np.isfinite(registry.measure(prepare(Sample(code, language)))).all()


def test_only_the_head_of_a_huge_line_is_read() -> None:
    """Text far behind the bound changes nothing."""
    line = "value = 1; " * 10_000
    one, other = (
        registry.measure(prepare(Sample(line + tail, "python"))) for tail in ("", "@" * 5_000_000)
    )
    assert np.array_equal(one, other)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_byte_order_marks_are_no_habit(end: str) -> None:
    """Windows and old Mac line ends and a byte order mark leave all columns as they are."""
    for name, code in CODE.items():
        other = "\ufeff" + code.replace("\n", end)
        plain, changed = (registry.measure(prepare(Sample(c, None, name))) for c in (code, other))
        assert np.array_equal(plain, changed), name
