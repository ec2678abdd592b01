"""Inputs of every kind: pieces partition the rows, and what is unsound is told."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.labeling.errors import InputError
from fingerprint.labeling.inputs.kinds import KINDS, read
from fingerprint.labeling.inputs.lines import blocks
from fingerprint.labeling.inputs.sources import identity, resolve
from fingerprint.labeling.inputs.streams import Stream
from fingerprint.labeling.inputs.values import array_of, merged_types, types_of
from fingerprint.labeling.pieces import FLAWS, Reading

codes = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
tables = st.lists(st.tuples(codes, st.integers(-9, 9)), max_size=25)


def write(path: Path, rows: list[dict[str, Any]], group: int = 4) -> None:
    """Write rows as the name of the file tells."""
    if path.name.endswith(".parquet"):
        schema = pa.schema([("code", pa.string()), ("n", pa.int64())])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, row_group_size=group)
    elif path.name.endswith(".arrow"):
        schema = pa.schema([("code", pa.string()), ("n", pa.int64())])
        with pa.ipc.new_stream(str(path), schema) as writer:
            writer.write_table(pa.Table.from_pylist(rows, schema=schema), max_chunksize=group)
    elif ".csv" in path.name:
        opener = gzip.open if path.name.endswith(".gz") else open
        with opener(path, "wt", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["code", "n"])
            writer.writerows([row["code"], row["n"]] for row in rows)
    else:
        data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        codec = "gzip" if path.suffix == ".gz" else "zstd" if path.suffix == ".zst" else None
        with pa.output_stream(str(path), compression=codec) as sink:
            sink.write(data)


def readings(path: Path, rows: int, size: int) -> tuple[Any, Reading]:
    """Return the source at a path, and how it is read."""
    (source,) = resolve([str(path)])
    schema = KINDS[source.kind].schema(source, Reading(pa.schema([]), "code"))
    return source, Reading(schema, "code", rows=rows, bytes=size)


@pytest.mark.parametrize(
    "name",
    ["x.parquet", "x.arrow", "x.jsonl", "x.jsonl.gz", "x.jsonl.zst", "x.csv", "x.csv.gz"],
)
@given(
    rows=tables,
    most=st.integers(1, 7),
    size=st.sampled_from([1, 50, 1 << 20]),
    group=st.integers(1, 30),
)
def test_pieces_partition_the_rows(  # noqa: PLR0917 - what hypothesis varies
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    rows: list[tuple[str, int]],
    most: int,
    size: int,
    group: int,
) -> None:
    """Pieces hold each row once and in order, twice the same, and none is larger than asked."""
    path = tmp_path_factory.mktemp("inputs") / name
    given_rows = [{"code": code, "n": n} for code, n in rows]
    write(path, given_rows, group)
    source, reading = readings(path, most, size)
    pieces = list(KINDS[source.kind].cut(source, reading))
    assert pieces == list(KINDS[source.kind].cut(source, reading))
    assert [piece.number for piece in pieces] == list(range(len(pieces)))
    assert all(piece.rows <= most for piece in pieces)
    seen = [row for piece in pieces for table in read(piece, reading) for row in table.to_pylist()]
    assert all(row.pop(name) is None for row in seen for name in FLAWS)
    wanted = [{**row, "n": str(row["n"])} if source.kind == "csv" else row for row in given_rows]
    assert seen == wanted
    assert sum(piece.rows for piece in pieces) == len(rows)
    assert 0 <= sum(piece.weight for piece in pieces) <= 2 * path.stat().st_size + 1000


@given(st.lists(st.binary(max_size=12), max_size=12), st.integers(1, 4), st.integers(1, 20))
def test_blocks(parts: list[bytes], rows: int, size: int) -> None:
    """Blocks end where lines end, and together are the stream."""

    class Slow:
        """A stream that gives a few bytes at a time."""

        def __init__(self, data: bytes) -> None:
            self.data = data

        def read(self, size: int) -> bytes:
            cut = min(size, 3)
            given, self.data = self.data[:cut], self.data[cut:]
            return given

    data = b"\n".join(parts)
    found = list(blocks(Stream(Slow(data), None), rows=rows, size=size))
    assert b"".join(block for block, _ in found) == data
    for at, (block, lines) in enumerate(found):
        last = at == len(found) - 1
        assert block.endswith(b"\n") or last
        assert lines == block.count(b"\n") + (not block.endswith(b"\n"))
        assert lines <= rows
        assert len(block) <= size or lines == 1


def test_giant_row_group(tmp_path: Path) -> None:
    """One row group of many pieces is decoded once, and its pieces carry their rows."""
    path = tmp_path / "x.parquet"
    rows = [{"code": f"x = {n}", "n": n} for n in range(5000)]
    write(path, rows, 5000)
    source, reading = readings(path, 300, 1 << 20)
    pieces = list(KINDS["parquet"].cut(source, reading))
    assert all(piece.data is not None for piece in pieces)
    assert [piece.rows for piece in pieces] == [300] * 16 + [200]
    assert [n for piece in pieces for t in read(piece, reading) for n in t["n"].to_pylist()] == [
        *range(5000)
    ]


def test_unsound_lines(tmp_path: Path) -> None:
    """A line that is no JSON object, or whose code is no text, is a row with a status."""
    path = tmp_path / "x.jsonl"
    lines = [
        b'\xef\xbb\xbf{"code": "a = 1", "n": 1}',
        b"",
        b'{"code": 42}',
        b"{broken",
        b'{"code": "caf\xe9"}',
        b"[1, 2]",
        b'{"code": null, "extra": {"deep": []}}',
        b'{"code": "\\ud800", "n": 7}',
    ]
    path.write_bytes(b"\n".join(lines))
    source, reading = readings(path, 100, 1 << 20)
    assert set(reading.schema.names) == {"code", "n", "extra"}
    (piece,) = KINDS["lines"].cut(source, reading)
    rows = [row for table in read(piece, reading) for row in table.to_pylist()]
    assert [row["fp_flaw"] for row in rows] == [
        *(None, "invalid", "invalid", "undecodable", "invalid", None, "undecodable")
    ]
    assert [row["code"] for row in rows[:3]] == ["a = 1", "42", "{broken"]
    assert rows[2]["fp_flaw_reason"] == "invalid_json"
    assert [row["fp_flaw_place"] for row in rows] == [
        *(None, "line 3", "line 4", "line 5", "line 6", None, "line 8")
    ]
    assert rows[5]["extra"] == {"deep": []}


def test_unsound_cells(tmp_path: Path) -> None:
    """A CSV row with too few or too many cells, or bytes that are no UTF-8, has a status."""
    path = tmp_path / "x.csv"
    path.write_bytes(b'code,n\r\n"a\n,b",1\r\nshort\r\nx,y,z\r\ncaf\xe9,2\r\n')
    source, reading = readings(path, 100, 1 << 20)
    (piece,) = KINDS["csv"].cut(source, reading)
    rows = [row for table in read(piece, reading) for row in table.to_pylist()]
    assert [row["code"] for row in rows] == ["a\n,b", "short", "x", "caf\ufffd"]
    assert [row["fp_flaw"] for row in rows] == [None, "invalid", "invalid", "undecodable"]
    assert rows[1]["fp_flaw_reason"] == "wrong_number_of_cells"
    assert rows[1]["fp_flaw_place"] == "row 2"


def test_types_of_values() -> None:
    """Numbers widen, structs gain fields, and what has several types is text, as JSON."""
    one = types_of([{"a": 1, "b": {"x": 1}, "c": 1, "d": None}, {"a": 2}])
    other = types_of([{"a": 1.5, "b": {"y": "z"}, "c": "text", "d": [1], "e": {}, "f": 2**70}])
    merged = merged_types(one, other)
    assert merged["a"] == pa.float64()
    assert {each.name for each in merged["b"]} == {"x", "y"}
    assert merged["c"] == merged["e"] == merged["f"] == pa.string()
    assert merged["d"] == pa.list_(pa.int64())
    array, _ = array_of([1, "1", None, {"k": [1]}], pa.string())
    assert array.to_pylist() == ["1", "1", None, '{"k": [1]}']


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.parquet", b"PAR1 but no more", "x.parquet: "),
        ("x.jsonl.gz", b"no gzip at all", "x.jsonl.gz: "),
        ("x.jsonl.zst", b"no zstd at all", "x.jsonl.zst: "),
        ("x.csv", b"", "x.csv: is empty: its first line must name the columns"),
        ("x.csv", b"code,code\n", "two columns are called 'code'"),
        ("x.arrow", b"no arrow at all, to be sure", "x.arrow: "),
    ],
)
def test_damaged_from_the_start(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    """A file that is not what its name says is told by its name."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=said):
        readings(tmp_path / name, 10, 10)


def test_cut_short_gzip(tmp_path: Path) -> None:
    """A packed file that ends too early gives what can be read, then an error with its name."""
    path = tmp_path / "x.csv.gz"
    write(path, [{"code": f"x = {n}\n" * (n % 7), "n": n} for n in range(3000)])
    source, reading = readings(path, 100, 1 << 20)
    path.write_bytes(path.read_bytes()[:-4000])
    pieces = KINDS["csv"].cut(source, reading)
    with pytest.raises(InputError, match=r"x\.csv\.gz: .*fetch or write the file again"):
        list(pieces)


def test_damaged_row_group(tmp_path: Path) -> None:
    """Damage in the middle of a Parquet file is told with the row group."""
    path = tmp_path / "x.parquet"
    write(path, [{"code": f"x = {n}", "n": n} for n in range(40)], 10)
    start = pq.ParquetFile(path).metadata.row_group(2).column(0).dictionary_page_offset
    data = bytearray(path.read_bytes())
    data[start : start + 30] = b"\xff" * 30
    path.write_bytes(data)
    source, reading = readings(path, 10, 1 << 20)
    pieces = list(KINDS["parquet"].cut(source, reading))
    assert sum(t.num_rows for piece in pieces[:2] for t in read(piece, reading)) == 20
    with pytest.raises(InputError, match=r"x\.parquet, row group 2"):
        list(read(pieces[2], reading))


def test_resolve(tmp_path: Path) -> None:
    """Folders of shards, globs, trees of code and saved data sets are told apart."""
    shards, tree = tmp_path / "shards", tmp_path / "tree"
    shards.mkdir()
    tree.mkdir()
    for name in ("b.jsonl", "a.jsonl.gz"):
        write(shards / name, [{"code": "x", "n": 1}])
    (shards / "README.md").write_text("on them", encoding="utf-8")
    (tree / "main.py").write_text("x = 1\n", encoding="utf-8")
    write(tree / "data.csv", [])
    found = resolve([str(shards), str(tree), str(tmp_path / "tree" / "*.csv")])
    assert [(s.kind, Path(s.path).name, s.index) for s in found] == [
        ("lines", "a.jsonl.gz", 0),
        ("lines", "b.jsonl", 1),
        ("tree", "tree", 2),
        ("csv", "data.csv", 3),
    ]
    before = identity(found[2])
    (tree / "main.py").write_text("x = 22\n", encoding="utf-8")
    assert identity(found[2]) != before
    assert identity(found[0]) == identity(found[0])


def test_saved_data_set(tmp_path: Path) -> None:
    """A saved data set is read split by split, and each row says of which it is."""
    datasets = pytest.importorskip("datasets")
    parts = {
        name: datasets.Dataset.from_dict({"code": [f"{name}_{n} = 1" for n in range(3)]})
        for name in ("train", "test")
    }
    datasets.DatasetDict(parts).save_to_disk(str(tmp_path / "saved"))
    sources = resolve([str(tmp_path / "saved")])
    schema = pa.schema([("code", pa.string()), ("split", pa.string())])
    reading = Reading(schema, "code")
    rows = [
        (row["split"], row["code"])
        for source in sources
        for piece in KINDS[source.kind].cut(source, reading)
        for table in read(piece, reading)
        for row in table.to_pylist()
    ]
    assert rows == [(name, f"{name}_{n} = 1") for name in ("train", "test") for n in range(3)]


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("nothing.parquet", "no such file or folder"),
        ("*.nothing", "no file matches"),
        ("notes.txt", "its name ends in none of"),
    ],
)
def test_no_input(tmp_path: Path, argument: str, said: str) -> None:
    """An argument that is no input is told, with the mend."""
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        resolve([str(tmp_path / argument)])


def test_named_twice(tmp_path: Path) -> None:
    """A file that is named twice would be written twice."""
    write(tmp_path / "x.csv", [])
    with pytest.raises(InputError, match="named twice"):
        resolve([str(tmp_path / "x.csv"), str(tmp_path / "*.csv")])


@pytest.mark.parametrize(
    "names",
    [
        ("data/test-00000.parquet", "data/train-00000.parquet", "README.md", ".gitattributes"),
        ("lang=c/a.parquet", "lang=python/a.parquet"),
        ("a.jsonl", "b.jsonl", "LICENSE", "README.rst"),
        ("a.csv", "deep/er/b.jsonl", "notes.pdf", "_SUCCESS"),
    ],
)
def test_shards_at_any_depth(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A folder without code is the shards below it, sorted by path, less what is hidden."""
    for name in (*names, ".cache/a.parquet", "deep/_temporary/b.csv", "deep/._c.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = resolve([str(tmp_path)])
    ends = (".parquet", ".jsonl", ".csv")
    wanted = [name for name in names if name.endswith(ends)]
    assert [str(Path(each.path).relative_to(tmp_path)) for each in found] == wanted
    assert all(each.kind != "tree" for each in found)


@pytest.mark.parametrize("code", ["main.py", "src/__init__.py", "deep/_own/run.sh"])
def test_data_in_a_tree_of_code(tmp_path: Path, code: str) -> None:
    """With code anywhere in it a folder is a tree of code: its data files are fixtures."""
    for name in (code, "tests/a.csv", "b.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [each.kind for each in resolve([str(tmp_path)])] == ["tree"]


def test_script_by_its_first_line(tmp_path: Path) -> None:
    """A folder is a tree of code also where only a first line tells that there is any."""
    (tmp_path / "run").write_text("#!/usr/bin/env python\nprint(1)\n", encoding="utf-8")
    assert [each.kind for each in resolve([str(tmp_path)])] == ["tree"]


@pytest.mark.parametrize("names", [(), ("notes.txt",), ("data/rows.json", ".cache/a.csv")])
def test_folder_of_nothing(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A folder with neither code nor shards is told, and not labelled as no rows."""
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="no code and no shard in it"):
        resolve([str(tmp_path)])


@pytest.mark.parametrize(
    "data", ['[{"code": "x"}]', '[\n{"code": "x"},\n{"code": "y"}\n]', '\n [{"code": "x"},\n{}]']
)
def test_list_of_objects(tmp_path: Path, data: str) -> None:
    """A JSON array under the name of JSON Lines is told as what it is."""
    (tmp_path / "x.jsonl").write_text(data, encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.jsonl: is a JSON array: write one object a line"):
        readings(tmp_path / "x.jsonl", 10, 1 << 20)


@pytest.mark.parametrize("data", ["plain\ntext\n", "[INFO] begun\n", "1\n2\n", '{"code": 3}\n'])
def test_no_sound_line(tmp_path: Path, data: str) -> None:
    """Where no line is an object with code, each is an unsound row in the column of the code."""
    path = tmp_path / "x.jsonl"
    path.write_text(data, encoding="utf-8")
    source, reading = readings(path, 10, 1 << 20)
    assert reading.schema == pa.schema([("code", pa.string())])
    (piece,) = KINDS["lines"].cut(source, reading)
    rows = [row for table in read(piece, reading) for row in table.to_pylist()]
    assert [row["fp_flaw"] for row in rows] == ["invalid"] * data.count("\n")


def test_first_line_is_a_list(tmp_path: Path) -> None:
    """One line that is an array, among objects, is an unsound row like any other."""
    (tmp_path / "x.jsonl").write_text('[{"code": "x"}]\n{"code": "y"}\n', encoding="utf-8")
    _, reading = readings(tmp_path / "x.jsonl", 10, 1 << 20)
    assert reading.schema.names == ["code"]
