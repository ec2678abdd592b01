"""`fingerprint card`: a card where there was none, and one that is brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from fingerprint.cli import main

Run = Callable[..., tuple[int, str, str]]
N = 60


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Write a folder with one labelled shard of 60 rows and return it."""
    answers = [{"human": 0.4, "claude": 0.6}] * N
    table = pa.table(
        {
            "content": [f"value_{k} = compute({k}, {k * k})" for k in range(N)],
            "lang": ["Python", "Go"] * (N // 2),
            "license": ["MIT"] * N,
            "fp_ai_probability": pa.array([0.6] * N, pa.float32()),
            "fp_probabilities": answers,
            "fp_family": ["unknown"] * N,
            "fp_status": ["ok"] * N,
            "fp_model": ["ours 3.0"] * N,
        }
    )
    folder = tmp_path / "our code"
    folder.mkdir()
    parquet.write_table(table, folder / "part.parquet")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs `card` on column `content`: code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["card", *map(str, arguments), "--code", "content"])
        return code, *capsys.readouterr()

    return call


def test_new_card(run: Run, corpus: Path) -> None:
    """A folder gets a README.md with the measured figures and a head the hub reads."""
    code, out, err = run(corpus)
    assert (code, out) == (0, f"{corpus}/README.md\t60 rows\tnew\n")
    assert "not corrected" in err
    text = (corpus / "README.md").read_text(encoding="utf-8")
    for line in (
        "| human | 40.0 % (1.0–98.5) |",
        "| Go | 30 | 50.0 % |",
        "| MIT | 60 | 100.0 % |",
    ):
        assert line in text
    assert "fingerprint card 'our code' --code content" in text
    assert str(corpus.parent) not in text


def test_head_is_what_the_hub_reads(run: Run, corpus: Path) -> None:
    """The head is YAML with the hub's own names."""
    yaml = pytest.importorskip("yaml")
    run(corpus)
    text = (corpus / "README.md").read_text(encoding="utf-8")
    assert yaml.safe_load(text.split("---\n")[1]) == {
        "license": "mit",
        "pretty_name": "our code",
        "size_categories": ["n<1K"],
        "language": ["code"],
        "task_categories": ["text-generation"],
        "tags": ["code", "go", "python", "code-provenance"],
    }


def test_update_keeps_what_others_wrote(run: Run, corpus: Path) -> None:
    """Words and keys of others stay; where they and the corpus disagree, that is said."""
    card = corpus / "README.md"
    card.write_text("---\nlicense: gpl-3.0\n---\n\n# Ours\n\nWords.\n", encoding="utf-8")
    code, out, err = run(corpus)
    assert (code, out) == (0, f"{card}\t60 rows\tupdated\n")
    assert f"{card} says license: gpl-3.0, the column license says mit: left as it is" in err
    first = card.read_text(encoding="utf-8")
    assert "\n# Ours\n\nWords.\n" in first
    assert run(corpus)[0] == 0
    assert card.read_text(encoding="utf-8") == first


def test_broken_card_is_left_alone(run: Run, corpus: Path) -> None:
    """A head that never ends is an error before anything is measured, and the card stays."""
    card = corpus / "README.md"
    card.write_text("---\nlicense: mit\n", encoding="utf-8")
    code, _, err = run(corpus)
    assert code == 2
    assert f"{card}: begins a head with --- and never ends it" in err
    assert card.read_text(encoding="utf-8") == "---\nlicense: mit\n"


def test_where_the_card_lies(run: Run, corpus: Path, tmp_path: Path) -> None:
    """Beside a file it has the file's name; for several files -o must name it."""
    shard = corpus / "part.parquet"
    assert run(shard)[1].startswith(f"{corpus}/part.md\t")
    assert "name the card with -o" in run(corpus / "*.parquet")[2]
    assert run(corpus / "*.parquet", "-o", "all.md")[0] == 0
    assert (tmp_path / "all.md").is_file()
    assert run(corpus, "-o", "no/all.md")[0] == 2


def test_corpus_that_is_not_there(run: Run) -> None:
    """A name that leads nowhere is told as that."""
    code, _, err = run("nope")
    assert code == 2
    assert "nope does not exist" in err


def test_help_names_no_option_of_another_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`--together` is of `curate` alone, and only its help speaks of it."""
    told = []
    for command in ("card", "curate"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        told.append("--together" in capsys.readouterr().out)
    assert told == [False, True]


def test_unlabelled_corpus(run: Run, corpus: Path) -> None:
    """A corpus that nobody labelled is named, with the command that does."""
    shard = corpus / "part.parquet"
    parquet.write_table(parquet.read_table(shard).select(["content"]), shard)
    code, _, err = run(corpus)
    assert code == 2
    assert "fingerprint label part.parquet" in err
    assert not (corpus / "README.md").exists()
