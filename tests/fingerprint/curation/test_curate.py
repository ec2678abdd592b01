"""`curate`: what stays and what goes, whatever the order; nothing half-written."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from fingerprint.curation import writing
from fingerprint.curation.curate import Curated, curate
from fingerprint.curation.errors import CurationError, NotLabelledError, UnreadableShardError
from fingerprint.curation.rules import Rules

Row = dict[str, Any]
Write = Callable[..., Path]


def made(inputs: list[Path], out: Path, rules: Rules, **how: Any) -> Curated:
    """Curate with a card of one line."""
    return curate(inputs, out, rules, card=lambda told: f"kept {told.kept}\n", **how)


def paths_in(path: Path) -> list[str]:
    """Return the rows of a mix by their path."""
    found: list[str] = parquet.read_table(path)["path"].to_pylist()
    return found


def test_every_row_is_kept_or_removed_once(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """The mix and the removed rows together are the corpus; counts by rule agree with the files."""
    rules = Rules(max_ai=0.9, caps={"gpt": 0.1}, human_floor=0.6)
    gone = tmp_path / "gone.parquet"
    told = made([write(corpus)], tmp_path / "mix.parquet", rules, removed=gone)
    kept, rest = paths_in(told.out), paths_in(gone)
    assert sorted(kept + rest) == sorted(row["path"] for row in corpus)
    assert len(kept) == told.kept > 0
    rules_of: list[str] = parquet.read_table(gone)["fp_removed_by"].to_pylist()
    counted = {name: rules_of.count(name) for name in set(rules_of)}
    assert counted == {k: v for k, v in told.by_rule.items() if v and k != "kept"}
    assert {"not scored", "likely AI", "family cap"} <= set(counted)
    assert (tmp_path / "mix.md").read_text(encoding="utf-8") == f"kept {told.kept}\n"


def test_mix_depends_on_rows_not_on_order(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """Shuffled, and cut into other files, the same rows give the same mix and the same shares."""
    corpus += [dict(row, path=f"again/{row['path']}") for row in corpus[:40]]
    shuffled = random.Random(7).sample(corpus, len(corpus))
    rules = Rules(max_ai=0.96, caps={"claude": 0.2}, human_floor=0.45)
    one = made([write(corpus)], tmp_path / "one.parquet", rules)
    parts = [write(shuffled[:50], "parts/b.parquet"), write(shuffled[50:], "parts/a.parquet")]
    two = made([parts[0].parent], tmp_path / "two.parquet", rules)
    assert sorted(paths_in(one.out)) == sorted(paths_in(two.out))
    assert (one.by_rule, one.mix) == (two.by_rule, two.mix)
    assert one.by_rule["exact copy"] > 0


def test_order_of_input_is_kept(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """Rows that stay are written in the order in which they came."""
    told = made([write(corpus)], tmp_path / "mix.parquet", Rules(max_ai=0.5))
    kept = paths_in(told.out)
    assert kept == [row["path"] for row in corpus if row["path"] in set(kept)]


def test_seed_draws_other_rows(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """Another seed keeps as many rows under a cap, but others."""
    path, rules = write(corpus), Rules(caps={"claude": 0.2})
    one, two = (made([path], tmp_path / f"{seed}.parquet", rules, seed=seed) for seed in (1, -2))
    assert one.by_rule == two.by_rule
    assert paths_in(one.out) != paths_in(two.out)


def test_weight_is_probability_of_human(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """`weight` adds 1 - fp_ai_probability; rows without an answer get the mean of the others."""
    rules = Rules(weight=True, keep_unscored=True)
    told = made([write(corpus)], tmp_path / "mix.parquet", rules)
    table = parquet.read_table(told.out)
    weights = dict(zip(table["path"].to_pylist(), table["fp_weight"].to_pylist(), strict=True))
    assert weights["file_1.py"] == pytest.approx(0.3)
    assert weights["file_0.py"] == pytest.approx(told.expected_human)
    assert table.schema.field("fp_weight").type == pa.float32()
    assert told.by_rule["not scored"] == 0


def test_mix_of_a_mix(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """A mix with weights can be curated again: the column stays, or is made anew."""
    one = made([write(corpus)], tmp_path / "one.parquet", Rules(weight=True)).out
    two = made([one], tmp_path / "two.parquet", Rules()).out
    three = made([one], tmp_path / "three.parquet", Rules(weight=True)).out
    tables = [parquet.read_table(path) for path in (one, two, three)]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_labels_of_the_hub_know_the_new_column(
    write: Write, corpus: list[Row], tmp_path: Path
) -> None:
    """What the hub's libraries noted of the columns is told of the new one, and else kept."""
    noted = {"info": {"features": {"code": {"dtype": "string", "_type": "Value"}}}}
    table = parquet.read_table(write(corpus))
    path = tmp_path / "hub.parquet"
    metadata = {"huggingface": json.dumps(noted), "other": "kept"}
    parquet.write_table(table.replace_schema_metadata(metadata), path)
    told = made([path], tmp_path / "mix.parquet", Rules(weight=True))
    found = parquet.read_schema(told.out).metadata
    assert json.loads(found[b"huggingface"])["info"]["features"]["fp_weight"] == {
        "dtype": "float32",
        "_type": "Value",
    }
    assert found[b"other"] == b"kept"


def test_folder_of_shards(
    write: Write, corpus: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder gets numbered shards and its card, and is replaced only by another mix."""
    monkeypatch.setattr(writing, "GROUP_BYTES", 4_000)
    monkeypatch.setattr("fingerprint.curation.mix_files.SHARD_BYTES", 30_000)
    path, out = write(corpus, row_group_size=10), tmp_path / "mix"
    told = made([path], out, Rules())
    names = sorted(each.name for each in out.iterdir())
    assert names[0] == "README.md"
    assert names[1] == f"train-00000-of-{len(names) - 1:05d}.parquet"
    assert len(names) > 2
    assert sum(len(paths_in(out / name)) for name in names[1:]) == told.kept
    with pytest.raises(CurationError, match=r"not empty.*--replace"):
        made([path], out, Rules())
    made([path], out, Rules(max_ai=0.5), replace=True)
    assert len(list(out.iterdir())) < len(names)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CurationError, match=r"holds notes\.txt"):
        made([path], out, Rules(), replace=True)


def test_no_row_left_is_an_empty_file(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """Rules that leave nothing write a file without rows, which says what the columns are."""
    told = made([write(corpus)], tmp_path / "mix.parquet", Rules(max_ai=0.0))
    assert told.kept == 0
    assert parquet.read_table(told.out).column_names[0] == "code"


def test_failure_leaves_nothing_behind(
    write: Write, corpus: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When writing fails halfway, no result and no temporary file is left, and the input is."""
    path = write(corpus, row_group_size=10)
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(writing, "GROUP_BYTES", 4_000)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    for out in (tmp_path / "mix.parquet", tmp_path / "mix"):
        with pytest.raises(CurationError, match=r"cannot write .*No space left"):
            made([path], out, Rules(), removed=tmp_path / "gone.parquet")
    assert sorted(tmp_path.iterdir()) == before


def test_card_that_fails_leaves_the_old_mix(
    write: Write, corpus: list[Row], tmp_path: Path
) -> None:
    """An error before the end leaves what stood at OUT as it was."""
    path, out = write(corpus), tmp_path / "mix.parquet"
    made([path], out, Rules())
    before = out.read_bytes()

    def card(_: Curated) -> str:
        raise ValueError("no card")

    with pytest.raises(ValueError, match="no card"):
        curate([path], out, Rules(max_ai=0.1), card=card, replace=True)
    assert out.read_bytes() == before


@pytest.mark.parametrize("name", ["fp_status", "fp_probabilities"])
def test_unlabelled_file_names_the_mend(
    write: Write, corpus: list[Row], tmp_path: Path, name: str
) -> None:
    """A file without the labels is named, with the command that adds them."""
    path = write(corpus)
    parquet.write_table(parquet.read_table(path).drop_columns([name]), path)
    with pytest.raises(NotLabelledError, match=rf"corpus\.parquet.*{name}.*fingerprint label"):
        made([path], tmp_path / "mix.parquet", Rules())


def test_damaged_row_group_is_named(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """A file that is damaged inside is named with its row group; a cut one as such."""
    path = write(corpus, row_group_size=60, compression="none", use_dictionary=False)
    data = bytearray(path.read_bytes())
    offset = parquet.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    data[offset : offset + 40] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(UnreadableShardError, match=r"corpus\.parquet, row group 1"):
        made([path], tmp_path / "mix.parquet", Rules())
    path.write_bytes(data[:-100])
    with pytest.raises(UnreadableShardError, match=r"corpus\.parquet cannot be read"):
        made([path], tmp_path / "mix.parquet", Rules())


def test_files_of_another_schema_are_named(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """Of files whose columns differ, the second and the column are named."""
    one = write(corpus, "a.parquet")
    two = write([dict(row, merged="yes") for row in corpus], "b.parquet")
    with pytest.raises(CurationError, match=r"b\.parquet has string in column merged"):
        made([one, two], tmp_path / "mix.parquet", Rules())


def test_input_is_never_written_over(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """OUT and the removed rows cannot be what is read, lie in each other, or replace unasked."""
    path = write(corpus, "in/corpus.parquet")
    for out, what in ((path, "is one of the files"), (path.parent, "holds what is read")):
        with pytest.raises(CurationError, match=what):
            made([path], out, Rules(), replace=True)
    with pytest.raises(CurationError, match="lies in"):
        made([path], tmp_path / "mix", Rules(), removed=tmp_path / "mix" / "gone.parquet")
    (tmp_path / "there.parquet").write_bytes(b"mine")
    with pytest.raises(CurationError, match=r"exists.*--replace"):
        made([path], tmp_path / "there.parquet", Rules())
    with pytest.raises(CurationError, match="there is no folder"):
        made([path], tmp_path / "no" / "mix.parquet", Rules())


@pytest.mark.parametrize("name", ["m2.jsonl", "m2.csv", "m2.parquet.gz"])
def test_name_of_another_format_is_no_folder(
    write: Write, corpus: list[Row], tmp_path: Path, name: str
) -> None:
    """A name like that of a file becomes no folder, unless it is one; a version number may."""
    path, out = write(corpus), tmp_path / name
    with pytest.raises(CurationError, match=r"name a \.parquet file or a folder"):
        made([path], out, Rules())
    assert not out.exists()
    out.mkdir()
    assert made([path], out, Rules()).kept
    assert made([path], tmp_path / "mix-v1.2", Rules()).kept


def test_nothing_is_written_into_a_folder_that_is_read(
    write: Write, corpus: list[Row], tmp_path: Path
) -> None:
    """What would be counted twice next time is refused; beside single files it is not."""
    path = write(corpus, "lab/corpus.parquet")
    lab = path.parent
    for out in (lab / "m2.parquet", lab / "m2"):
        with pytest.raises(CurationError, match=r"m2.* lies in .*lab, which is read"):
            made([lab], out, Rules())
    with pytest.raises(CurationError, match=r"gone\.parquet lies in .*lab"):
        made([lab], tmp_path / "mix", Rules(), removed=lab / "gone.parquet")
    assert made([lab], lab / "_mix", Rules()).kept  # a name that is passed over
    assert made([path], lab / "m2.parquet", Rules()).kept


def test_rules_that_labels_cannot_serve(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """Unknown families, columns that are missing or of a wrong type, and no code: all are named."""
    path, out = write(corpus), tmp_path / "mix.parquet"
    with pytest.raises(CurationError, match="cannot cap llama: the labels tell of claude, gpt"):
        made([path], out, Rules(caps={"llama": 0.1}))
    with pytest.raises(CurationError, match="no column landed"):
        made([path], out, Rules(), merged="landed")
    with pytest.raises(CurationError, match="column path is of type string"):
        made([path], out, Rules(), survived="path")
    with pytest.raises(CurationError, match=r"no column content.*--code"):
        made([path], out, Rules(), code="content")
    with pytest.raises(ValueError, match=r"max_ai is 1\.5"):
        Rules(max_ai=1.5)


def test_no_rows_at_all(write: Write, corpus: list[Row], tmp_path: Path) -> None:
    """A corpus of zero rows is an error that names the file."""
    path = write(corpus)
    parquet.write_table(parquet.read_table(path).slice(0, 0), path)
    with pytest.raises(CurationError, match=r"corpus\.parquet has no rows"):
        made([path], tmp_path / "mix.parquet", Rules())


def test_odd_code_is_no_obstacle(write: Write, tmp_path: Path) -> None:
    """Null code is no copy of other null code, and huge or wide text is read like any."""
    codes = [None, None, "", "x" * 600_000, "\0é\n" * 9, "def f(): pass"]
    rows: list[Row] = [
        {"code": code, "path": str(n), "ai": 0.2, "status": "ok" if code else "null"}
        for n, code in enumerate(codes)
    ]
    told = made([write(rows)], tmp_path / "mix.parquet", Rules(keep_unscored=True))
    assert told.kept == len(codes)
