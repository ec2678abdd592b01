"""Near copies: found whatever the white space, and only where texts are nearly the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fingerprint_models.near_copies import near_copies

TEXT = "\n".join(
    f"def step_{n}(value): return value + {n} * other_{n % 7}(value)" for n in range(60)
)


def test_copies() -> None:
    """A text with one name changed or other white space is a copy, one of other names is none."""
    renamed = TEXT.replace("step_3(", "first(")
    spaced = TEXT.replace(" ", "   ")
    other = TEXT.replace("value", "amount")
    assert near_copies([TEXT, renamed, other, spaced, ""]).tolist() == [0, 0, 2, 0, 4]


def test_nothing() -> None:
    """No texts, no copies."""
    assert near_copies([]).shape == (0,)


@given(st.lists(st.text(alphabet="ab \n+", max_size=30), max_size=8))
def test_firsts_are_their_own(codes: list[str]) -> None:
    """Each text points to one at or before it that points to itself, and equals point alike."""
    first = near_copies(codes).tolist()
    assert all(at <= n and first[at] == at for n, at in enumerate(first))
    for n, code in enumerate(codes):
        assert first[n] == first[codes.index(code)]
