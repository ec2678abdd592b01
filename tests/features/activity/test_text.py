import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_features.activity import commits, lists, markup, prose, sections, title, verbs
from fingerprint_features.activity.reading import prepare
from fingerprint_features.change import Change

BODY = """feat(api)!: Add parse_line to reader (#12)

## Summary
- **Fast**: reads a file.
- `parse_line` adds names
  * nested — one
1. Added tests
- [x] done
- [ ] open

```python
- not a bullet
```

# Testing
It works → fine.
"""


def of_title(text: str) -> dict[str, float]:
    return title.measure(prepare(Change(""), text))


def of_body(text: str) -> dict[str, float]:
    return markup.measure(prepare(Change(""), "Title\n\n" + text))


def of_lists(text: str) -> dict[str, float]:
    return lists.measure(prepare(Change(""), "Title\n\n" + text))


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("fix: a thing", "conventional", 1),
        ("fix: a thing", "type_fix", 1),
        ("fix: a thing", "scope", 0),
        ("fix: a thing", "lower", 1),
        ("feat(api)!: Add", "breaking", 1),
        ("feat(api)!: Add", "scope", 1),
        ("feat(api)!: Add", "capital", 1),
        ("revert: it", "type_other", 1),
        ("parser: fix it", "conventional", 0),
        ("parser: fix it", "colon_prefix", 1),
        ("Fix: it", "type_capital", 1),
        ("[core] Fix", "bracket_prefix", 1),
        ("Add a.", "full_stop", 1),
        ("Add a...", "full_stop", 0),
        ("Add a...", "ellipsis", 1),
        ("Add a (#3)", "reference_end", 1),
        ("#3 Add a", "reference_start", 1),
        ("Add a #3 now", "reference_end", 0),
        ("Add a (#3)", "brackets", 0),
        ("Add a (b) (#3)", "brackets", 1),
        ("ABC-12 add", "ticket_key", 1),
        ("Add parser", "opens_imperative", 1),
        ("Added parser", "opens_past", 1),
        ("Adding parser", "opens_ing", 1),
        ("Adds parser", "opens_third", 1),
        ("Parser", "opens_imperative", 0),
        ("Add parse_line maxValue", "identifiers", 2 / 4),
        ("Add a and b", "joined", 1),
        ("Fix `x` — y", "dash", 1),
        ("✨ Add", "emoji_start", 1),
        (":tada: Add", "emoji_start", 1),
        ("Update README.md", "path", 1),
        ("", "characters", 0),
    ],
)
def test_title(text: str, column: str, value: float) -> None:
    """Each habit of a title shows in the column that is named after it."""
    assert of_title(text)[column] == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("```py\nx\n```", "fenced", 1 / 3),
        ("```py\nx\n```", "fence_named", 1),
        ("# A\n\nb", "header", 0.5),
        ("# A\n\nb", "header_blank", 1),
        ("A\n===\nb", "underlined", 1 / 3),
        ("a\n\n---\nb", "ruler", 1 / 3),
        ("| a | b |", "table", 1),
        ("> a", "quote", 1),
        ("**a** b", "bold", 1),
        ("**a** b", "italic", 0),
        ("*a* b", "italic", 1),
        ("`a` and `b`", "code_span", 2),
        ("[a](b)", "link", 1),
        ("![a](b)", "image", 1),
        ("![a](b)", "link", 0),
        ("a — b → c “d”", "em_dash", 1),
        ("a — b → c “d”", "arrow", 1),
        ("a — b → c “d”", "curly_quote", 2),
        ("- ✅ a", "emoji_start", 1),
        ("a" * 80, "over_72", 1),
        ("a" * 80, "width_max", 80),
        ("word " * 14 + "end\n" + "long" * 5, "wrapped_72", 0),
        ("x" * 60 + "\n" + "y" * 20, "wrapped_72", 1),
        ("a\n\n\nb", "blank_runs_2", 1),
        ("a\nb\n\nc", "paragraph_lines", 1.5),
    ],
)
def test_body(text: str, column: str, value: float) -> None:
    """Each form of a body shows in the column that is named after it."""
    assert of_body(text)[column] == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("- a\n- b\n* c\n1. d", "per_line", 1),
        ("- a\n- b\n* c\n1. d", "hyphen", 0.5),
        ("- a\n- b\n* c\n1. d", "star", 0.25),
        ("- a\n- b\n* c\n1. d", "numbered", 0.25),
        ("• a", "dot", 1),
        ("- a\n  - b", "nested", 0.5),
        ("- a\n- b", "only", 1),
        ("x\n- b", "only", 0),
        ("x\n\n- a\n\n- b", "loose", 1),
        ("x\n\n- a\n- b", "after_blank", 1),
        ("x\n- a\n- b", "after_blank", 0),
        ("- a\n  goes on", "wrapped", 1),
        ("- **A**: b\n- **A:** b", "bold_colon", 1),
        ("- **A**: b\n- **A:** b", "bold_colon_inside", 0.5),
        ("- Thing: more", "colon", 1),
        ("- `a` b", "code_lead", 1),
        ("- Ends.", "full_stop", 1),
        ("- [x] a\n- [ ] b", "check_done", 0.5),
        ("- [x] a\n- [ ] b", "check_open", 0.5),
        ("- Add a\n- Added b", "past", 0.5),
        ("```\n- a\n```", "per_line", 0),
    ],
)
def test_lists(text: str, column: str, value: float) -> None:
    """Each habit of making lists shows in the column that is named after it."""
    assert of_lists(text)[column] == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("Add the parser\n\nThe parser is new.", "overlap", 2 / 3),
        ("a\n\nI think it may work", "first_person", 1 / 6),
        ("a\n\nI think it may work", "hedge", 2 / 6),
        ("a\n\nWe don't", "contraction", 1 / 3),
        ("a\n\nthe the", "word_the", 2 / 3),
        ("a\n\nOne two. Three four five six.", "sentence_words", 3),
        ("a\n\nOne two.\n- Three", "full_stop", 1),
        ("a\n\nsee parse_line now", "identifiers", 1 / 5),
        ("a\n\nsee app.py", "file_names", 1 / 4),
        ("a\n\nrun f()", "calls", 1 / 3),
        ("a\n\nuse --json", "options", 1 / 3),
        ("é", "non_ascii", 1),
    ],
)
def test_words(text: str, column: str, value: float) -> None:
    """Each habit of wording shows in the column that is named after it."""
    assert prose.measure(prepare(Change(""), text))[column] == pytest.approx(value)


def test_sections_have_class_place_level_and_case() -> None:
    """Headings of all four kinds are found outside code, with what they announce and where."""
    text = "T\n\n## Summary\na\n### Key Changes\nb\n**Test plan**\nc\nNotes:\nd\n\nContext\n---\n"
    found = sections.measure(prepare(Change(""), text + "```\n# no\n```\n"))
    assert found["count"] == 5
    assert [found[f"kind_{kind}"] for kind in sections.KINDS] == [0.4, 0.2, 0.2, 0.2]
    assert (found["level_min"], found["level_max"], found["level_steps"]) == (2, 3, 1)
    assert (found["summary_place"], found["changes_place"], found["testing_place"]) == (
        0,
        0.25,
        0.5,
    )
    assert (found["notes_place"], found["context_place"]) == (0.75, 1)
    assert found["breaking"] == 0
    assert found["breaking_place"] != found["breaking_place"]
    assert (found["title_case"], found["sentence_case"]) == (0.5, 0.5)
    assert found["first_line"] == 1


def test_fenced_code_is_no_prose() -> None:
    """What stands in a fence is neither list nor heading nor words."""
    activity = prepare(Change(""), BODY)
    assert len(activity.bullets) == 6
    assert "not" not in activity.words
    assert activity.identifiers == {"parse_line"}


@pytest.mark.parametrize("around", ["", "\n", " \n", "\t\n\n"])
def test_blank_lines_around_the_body_are_no_lines(around: str) -> None:
    """Blank lines before and after a body, with spaces or without, do not count."""
    activity = prepare(Change(""), f"Title\n{around}  a \n\nb\n{around}")
    assert activity.lines == ["  a", "", "b"]


def test_commit_titles() -> None:
    """Titles of a pull request's commits are measured, merges and stripped titles left out."""
    pull = Change(
        "",
        commits=(
            Change("fix: Add it"),
            Change("Merge branch 'main' into x"),
            Change("a", parents=("p", "q")),
            Change(""),
            Change("drop it."),
        ),
    )
    found = commits.measure(prepare(pull, "drop it."))
    assert (found["conventional"], found["capital"], found["full_stop"]) == (0.5, 0.5, 0.5)
    assert (found["opens_imperative"], found["same_as_title"], found["like_title"]) == (1, 1, 0.5)


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("add", "imperative"),
        ("fixes", "third"),
        ("bumped", "past"),
        ("using", "ing"),
        ("string", None),
        ("parser", None),
        ("embed", None),
    ],
)
def test_verb_forms(word: str, form: str | None) -> None:
    """Verbs are told by list and ending; nouns that look like them are not."""
    assert verbs.form_of(word) == form


@given(st.lists(st.sampled_from(["- add a", "* b", "1. c", "plain text", ""]), max_size=10))
def test_shares_are_shares(drawn: list[str]) -> None:
    """Every share of list items lies between 0 and 1, and the marks add up to all items."""
    found = of_lists("\n".join(drawn))
    marks = [found[mark] for mark in ("hyphen", "star", "plus", "dot", "numbered")]
    assert sum(marks) == pytest.approx(1 if found["per_line"] else 0)
    assert all(0 <= found[n] <= 1 for n, said in lists.COLUMNS.items() if said.startswith("share"))
