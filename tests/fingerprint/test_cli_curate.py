"""`fingerprint curate`: what it prints, writes and refuses, as a user meets it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from fingerprint.cli import main
from fingerprint_models.artefact import open_folder
from fingerprint_models.shipped_models import CODE, shipped_folder

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 200 rows as the shipped model would label them: a quarter looks human."""
    opened = open_folder(shipped_folder(CODE))
    classes: list[str] = opened.json("config.json")["classes"]
    random, n = np.random.default_rng(4), 200
    told = random.dirichlet(np.ones(len(classes) - 1), n) * 0.85
    human = np.where(np.arange(n) % 4 == 0, 0.9, 0.15)
    told *= (1 - human)[:, None] / told.sum(axis=1, keepdims=True)
    answers = np.column_stack((human, told)).astype(np.float32)
    table = pa.table(
        {
            "code": [f"value_{k} = compute({k}, {k * k}, {k % 7})" for k in range(n)],
            "repo": [f"owner/{k % 5}" for k in range(n)],
            "fp_ai_probability": 1 - answers[:, 0],
            "fp_probabilities": pa.StructArray.from_arrays(
                [pa.array(column) for column in answers.T], classes
            ),
            "fp_status": ["ok"] * n,
            "fp_model": [f"{opened.header['name']} {opened.header['version']}"] * n,
        }
    )
    path = tmp_path_factory.mktemp("labelled") / "corpus.parquet"
    parquet.write_table(table, path)
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs `curate` in an empty folder: code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["curate", *map(str, arguments)])
        return code, *capsys.readouterr()

    return call


def test_prints_and_writes(run: Run, corpus: Path) -> None:
    """Counts by rule and corrected shares are printed; mix, removed rows and card are written."""
    options = ("--max-ai", "0.5", "--removed", "gone.parquet", "--weight")
    code, out, err = run(corpus, "-o", "mix.parquet", *options)
    assert (code, err) == (0, "")
    assert out.startswith("mix.parquet: 50 of 200 rows kept (25.0 %)\n")
    assert "likely AI: fp_ai_probability above 0.5" in out
    assert "mix, by fp_weight" in out
    assert "what counts as 5 sources of one size" in " ".join(out.split())
    assert sorted(path.name for path in Path().iterdir()) == [
        "gone.parquet", "mix.md", "mix.parquet",
    ]  # fmt: skip
    card = Path("mix.md").read_text(encoding="utf-8")
    assert "fingerprint curate corpus.parquet -o mix.parquet --max-ai 0.5 --weight" in card
    assert str(corpus.parent) not in card
    assert card.startswith("---\n")


def test_same_command_same_bytes(run: Run, corpus: Path) -> None:
    """Two runs write the same bytes and print the same."""
    options = ("--human-floor", "0.4", "--cap", "claude=0.1", "--replace")
    one = run(corpus, "-o", "mix.parquet", *options)
    first = [path.read_bytes() for path in sorted(Path().iterdir())]
    assert run(corpus, "-o", "mix.parquet", *options) == one
    assert [path.read_bytes() for path in sorted(Path().iterdir())] == first
    assert "human floor: 0.4" in one[1]


def test_rows_judged_together(run: Run, corpus: Path) -> None:
    """`--together` is named in the rules and in the card's command, which makes the mix again."""
    _, out, err = run(corpus, "-o", "mix.parquet", "--together", "repo", "--max-ai", "0.5")
    assert err == ""
    assert "likely AI: fp_ai_together above 0.5" in out
    words = " ".join(out.split())
    assert "one value of repo were judged together: 200 in 5 groups of 3 or more" in words
    card = Path("mix.md").read_text(encoding="utf-8")
    assert "--max-ai 0.5 --together repo" in card
    first = Path("mix.parquet").read_bytes()
    run(corpus, "-o", "mix.parquet", "--max-ai", "0.5", "--together", "repo", "--replace")
    assert Path("mix.parquet").read_bytes() == first


def test_words_in_the_card_stay(run: Run, corpus: Path) -> None:
    """A card that a user has added to keeps it when the mix is made again."""
    run(corpus, "-o", "mix", "--max-ai", "0.5")
    card = Path("mix/README.md")
    card.write_text(card.read_text(encoding="utf-8") + "\nMy words.\n", encoding="utf-8")
    assert run(corpus, "-o", "mix", "--replace")[0] == 0
    assert "My words." in card.read_text(encoding="utf-8")
    assert "200 of 200 rows kept" in card.read_text(encoding="utf-8")


def test_warnings(run: Run, corpus: Path, tmp_path: Path) -> None:
    """An empty mix, a floor out of reach and an unknown model are said on standard error."""
    assert "no row is left" in run(corpus, "-o", "a.parquet", "--max-ai", "0")[2]
    assert (
        "floor of 99.0 % is not reached"
        in run(corpus, "-o", "b.parquet", "--human-floor", "0.99")[2]
    )
    table = parquet.read_table(corpus)
    at = table.column_names.index("fp_model")
    strange = table.set_column(at, "fp_model", pa.array(["ours 3.0"] * len(table)))
    parquet.write_table(strange, tmp_path / "strange.parquet")
    _, out, err = run("strange.parquet", "-o", "c.parquet")
    assert "not corrected: nothing is known of the errors of ours 3.0" in err
    assert "not corrected for its errors" in " ".join(out.split())


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("none.parquet", "-o", "x.parquet"), "none.parquet does not exist"),
        (("CORPUS", "-o", "x.parquet", "--cap", "human=0.1"), "cannot cap human"),
        (
            ("CORPUS", "-o", "x.parquet", "--cap", "gpt=0.1", "--cap", "gpt=1"),
            "names a family twice",
        ),
        (("CORPUS", "-o", "x.parquet", "--code", "text"), "no column text"),
        (("CORPUS", "-o", "x.parquet", "--together", "owner"), "no column owner"),
        (("CORPUS", "-o", "no/x.parquet"), "there is no folder"),
        (("CORPUS", "-o", "x.parquet", "--model", "."), "has no manifest.json"),
    ],
)
def test_mistakes_end_with_2(run: Run, corpus: Path, options: tuple[str, ...], what: str) -> None:
    """Mistakes are told in one line that names the culprit; nothing is written."""
    code, out, err = run(*(corpus if word == "CORPUS" else word for word in options))
    assert (code, out) == (2, "")
    assert err.startswith("fingerprint: ")
    assert what in err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("options", [("--max-ai", "1.2"), ("--cap", "claude"), ("--cap", "x=y")])
def test_shares_are_checked_at_once(run: Run, corpus: Path, options: tuple[str, str]) -> None:
    """What is no share is refused before anything is read."""
    with pytest.raises(SystemExit) as ended:
        run(corpus, "-o", "x.parquet", *options)
    assert ended.value.code == 2


def test_missing_packages_are_named(
    run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pyarrow the extra to install is named."""
    for name in [name for name in sys.modules if name.startswith("fingerprint.curation")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = run(corpus, "-o", "x.parquet")
    assert code == 2
    assert "pip install 'code-fingerprint[data]'" in err
