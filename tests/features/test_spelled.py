"""Spelling: what fell into a bucket of the lexicon is found again in the sample's text."""

from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features import lexicon
from fingerprint_features.sample import Sample
from fingerprint_features.source import Source, prepare
from fingerprint_features.spelled import spelled

TOKENS = lexicon.VIEWS.index("tokens")


def source_of(code: str) -> Source:
    """Return code ready to be measured, without a grammar."""
    return prepare(Sample(code, "text"))


@given(st.text(alphabet="ab_1 .(é\n\t\r", max_size=60))
def test_every_hit_bucket_is_spelled(code: str) -> None:
    """The buckets that the lexicon counts are exactly those that are found again."""
    source = source_of(code)
    hit = lexicon.count(source)[TOKENS].buckets.tolist()
    assert sorted(spelled(source, hit)) == hit
    assert not spelled(source, [at for at in range(50) if at not in hit])


def test_spelled_as_it_stands() -> None:
    """N-grams come with the single spaces between them; other white space becomes signs."""
    source = source_of("if x is None:\n\treturn x\n")
    hit = lexicon.count(source)[TOKENS].buckets.tolist()
    texts = set(spelled(source, hit).values())
    assert {"if", "is None", "x is None", "None:⏎⇥", "⏎⇥return␣x"} <= texts
    assert " " not in texts


def test_the_most_frequent_is_told() -> None:
    """Where several n-grams of the sample share a bucket, the one that fills it most is told."""
    at_of: dict[int, str] = {}
    for word in (f"w{n}" for n in range(2000)):
        source = source_of(word)
        hit = lexicon.count(source)[TOKENS].buckets.tolist()
        (at,) = (at for at, text in spelled(source, hit).items() if text == word)
        if (other := at_of.setdefault(at, word)) != word:
            assert spelled(source_of(f"{word};{other};{other}"), [at]) == {at: other}
            assert spelled(source_of(f"{word};{other};{word}"), [at]) == {at: word}
            return
    raise AssertionError("no two words share a bucket: take more of them")
