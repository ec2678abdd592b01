"""Runs: what is written, and that a kill at any point changes nothing about it."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fingerprint.labeling import columns
from fingerprint.labeling.engine import LocalEngine
from fingerprint.labeling.errors import InputError, LabelError, OutputError
from fingerprint.labeling.plan import Job
from fingerprint.labeling.progress import Progress
from fingerprint.labeling.run import Outcome, label_files
from fingerprint.labeling.state import OtherRunError
from fingerprint.labeling.texts import text_of, values_of

CLASSES = ("human", "claude")


@dataclass(frozen=True)
class Labeler:
    """Tells by the length of the code; opens nothing."""

    code: str
    language: str | None = None
    path: str | None = None
    mode: str = "balanced"
    model: str | None = None
    manifest: str = "0123456789abcdef"
    classes: tuple[str, ...] = CLASSES
    model_id: str = "fake 1.0"

    @property
    def named(self) -> list[str]:
        """The columns that are read."""
        return [name for name in (self.code, self.language, self.path) if name is not None]

    @property
    def schema(self) -> pa.Schema:
        """The columns that are added."""
        return columns.schema(self.classes)

    def check(self, schema: pa.Schema) -> None:
        """Refuse where a column is missing, as the real one does."""
        for name in self.named:
            if name not in schema.names:
                raise LabelError(f"no column {name!r}: name it with code=...")

    def check_condition(self, names: Iterable[str]) -> None:
        """Refuse nothing: there is a class that means human."""

    def columns(self, table: pa.Table) -> pa.Table:
        """Return the added columns."""
        return pa.Table.from_pylist(
            [self._row(value) for value in values_of(table[self.code])], schema=self.schema
        )

    def _row(self, value: object) -> dict[str, Any]:
        text = text_of(value)
        if not isinstance(text, str):
            return {"fp_status": text.status, "fp_model": self.model_id}
        p = len(text) % 10 / 10
        family = "claude" if p > 0.5 else "human"
        return {
            "fp_family": family,
            "fp_raw_family": family,
            "fp_confidence": max(p, 1 - p),
            "fp_ai_probability": p,
            "fp_prediction_set": [family],
            "fp_probabilities": {"human": 1 - p, "claude": p},
            "fp_status": "ok",
            "fp_model": self.model_id,
        }


Run = Callable[..., Outcome]


@pytest.fixture
def said() -> list[str]:
    """Return what runs tell their user."""
    return []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: list[str]) -> Run:
    """Return what labels files of the current folder, which is empty, without a model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fingerprint.labeling.plan.Labeler", Labeler)
    monkeypatch.setattr("fingerprint.labeling.work.Work._open", lambda _: None)
    monkeypatch.setattr("os.fsync", lambda _: None)  # slow, and no test can pull the plug

    def call(*inputs: str, out: str, **how: Any) -> Outcome:
        job = Job(tuple(inputs), out, **{"rows": 4, **how})
        return label_files(job, LocalEngine(1), said.append, Progress(None))

    return call


def lines(path: str, rows: Iterable[Any]) -> str:
    """Write JSON Lines; return the path."""
    Path(path).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def codes(n: int, start: int = 0) -> list[dict[str, Any]]:
    """Return rows of code, each of another length."""
    return [{"code": "x" * (at + 1), "id": at} for at in range(start, start + n)]


def contents(folder: str | Path) -> dict[str, bytes]:
    """Return what a user finds in a folder, byte for byte."""
    home = Path(folder)
    return {p.name: p.read_bytes() for p in sorted(home.glob("*")) if p.is_file()}


def table_of(path: str) -> list[dict[str, Any]]:
    """Return the rows of a Parquet file, or of a folder of them in order."""
    home = Path(path)
    files = sorted(home.glob("*.parquet")) if home.is_dir() else [home]
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def test_folder_of_shards(run: Run) -> None:
    """Each piece is a shard, rows keep their order, and a second call does nothing."""
    lines("a.jsonl", codes(10))
    outcome = run("a.jsonl", out="out")
    assert sorted(contents("out")) == [f"part-00000-0000{n}.parquet" for n in range(3)]
    assert [row["id"] for row in table_of("out")] == list(range(10))
    assert outcome.summary.rows == 10
    assert outcome.summary.to_dict()["family"] == {"human": 6, "claude": 4}
    before = contents("out")
    again = run("a.jsonl", out="out")
    assert again.already
    assert again.summary.to_dict() == outcome.summary.to_dict()
    assert contents("out") == before


@pytest.mark.parametrize("end", ["jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "csv.zst"])
def test_one_file_of_text(run: Run, end: str) -> None:
    """One file has every row once, in order, under one header, and nothing is left beside it."""
    lines("a.jsonl", codes(10))
    run("a.jsonl", out=f"out.{end}")
    codec = {"gz": "gzip", "st": "zstd"}.get(end[-2:])
    with pa.input_stream(f"out.{end}", compression=codec) as stream:
        text = stream.read().decode()
    assert text.count("\n") == 10 + end.startswith("csv")
    if end.startswith("jsonl"):
        rows = [json.loads(line) for line in text.splitlines()]
        assert [row["id"] for row in rows] == list(range(10))
        assert rows[2]["fp_ai_probability"] == 0.3
        assert rows[2]["fp_probabilities"] == {"human": 0.7, "claude": 0.3}
    else:
        head, first, *_ = text.splitlines()
        assert head.startswith('"code","id","fp_family"')
        assert first.startswith('"x",0,"human","human",0.9')
    hidden = Path(f".out.{end}.fingerprint-label")
    assert [each.name for each in hidden.iterdir()] == ["manifest.jsonl"]
    assert run("a.jsonl", out=f"out.{end}").already


def test_sorted_out(run: Run) -> None:
    """Rows that a condition leaves out go beside, each with the conditions that did not hold."""
    lines("a.jsonl", [*codes(10), {"code": None, "id": 10}])
    outcome = run(
        "a.jsonl",
        out="kept.parquet",
        rejected="rest.parquet",
        where="fp_ai_probability < 0.5 and id > 1",
        keep=("human",),
        columns=("id", "fp_family"),
    )
    assert table_of("kept.parquet") == [{"id": at, "fp_family": "human"} for at in (2, 3, 9)]
    rest = {row["id"]: row["fp_rejected_because"] for row in table_of("rest.parquet")}
    assert rest[0] == "id > 1"
    assert rest[4] == "fp_ai_probability < 0.5"
    assert rest[5] == "fp_ai_probability < 0.5; fp_family in ('human',)"
    assert rest[10] == "fp_ai_probability < 0.5; fp_family in ('human',)"
    assert (outcome.summary.kept, outcome.summary.rejected) == (3, 8)


@pytest.mark.parametrize(
    ("how", "marked"),
    [
        ({"where": "fp_ai_probability < 0.5"}, True),
        ({"where": "id > 1 or fp_confidence > 0.5"}, True),
        ({"keep": ("human",)}, True),
        ({"where": "id > 1"}, False),
    ],
)
def test_chosen_rows_are_marked(run: Run, how: dict[str, Any], marked: bool) -> None:
    """Rows kept or rejected by their answers say so, also when they are labelled once more."""
    lines("a.jsonl", codes(10))
    run("a.jsonl", out="kept.parquet", rejected="rest.parquet", **how)
    run("rest.parquet", "kept.parquet", out="again.parquet", columns=("id",))
    for name in ("kept", "rest", "again"):
        told = pq.read_schema(f"{name}.parquet").metadata or {}
        assert (columns.CHOSEN in told) == marked


def test_unknown_column_is_told_all_there_are(run: Run) -> None:
    """Of a column that no input has, the error lists every one that could have been named."""
    lines("a.jsonl", [dict(row, stars=3) for row in codes(2)])
    with pytest.raises(LabelError, match="'qqq': there are code, id, stars, fp_family"):
        run("a.jsonl", out="out", columns=("id", "qqq"))


def test_mixed_inputs(run: Run) -> None:
    """Inputs of several kinds become one table: missing columns are null, numbers widen."""
    lines("a.jsonl", [{"code": "x", "n": 1}])
    pq.write_table(pa.table({"code": ["xx"], "n": [1.5], "more": [True]}), "b.parquet")
    Path("tree").mkdir()
    Path("tree/main.py").write_text("x = 1\n", encoding="utf-8")
    Path("tree/README.md").write_text("prose\n", encoding="utf-8")
    Path("tree/data.bin.py").write_bytes(b"\0\1")
    run("a.jsonl", "b.parquet", "tree", out="out.parquet")
    rows = table_of("out.parquet")
    keep = ("code", "n", "more", "path", "language", "fp_status")
    assert [tuple(row.get(name) for name in keep) for row in rows] == [
        ("x", 1.0, None, None, None, "ok"),
        ("xx", 1.5, True, None, None, "ok"),
        (None, None, None, "tree/data.bin.py", None, "binary"),
        ("x = 1\n", None, None, "tree/main.py", "python", "ok"),
    ]


def test_unsound_rows_stay(run: Run, said: list[str]) -> None:
    """A row that cannot be scored keeps what it holds, has a status, and is told by its line."""
    Path("a.jsonl").write_text('{"code": "x"}\n{broken\n{"code": 3}\n', encoding="utf-8")
    run("a.jsonl", out="out.parquet")
    rows = table_of("out.parquet")
    assert [row["fp_status"] for row in rows] == ["ok", "invalid", "invalid"]
    assert [row["code"] for row in rows] == ["x", "{broken", "3"]
    assert rows[1]["fp_reason"] == "invalid_json"
    assert said[0] == "a.jsonl, line 2: invalid json: fp_status is invalid"


def test_zero_rows(run: Run) -> None:
    """No rows are a result too: a file with the columns."""
    pq.write_table(pa.table({"code": pa.array([], pa.string())}), "a.parquet")
    run("a.parquet", out="out.parquet")
    assert table_of("out.parquet") == []
    assert "fp_family" in pq.read_schema("out.parquet").names


def test_bad_file_among_good(run: Run) -> None:
    """The others are done; mended, the same command does the bad one, and only that."""
    lines("a.jsonl", codes(6))
    lines("c.jsonl", codes(6, 12))
    whole = pa.table({"code": ["x" * at for at in range(7, 13)], "id": list(range(6, 12))})
    pq.write_table(whole, "b.parquet")
    sound = Path("b.parquet").read_bytes()
    Path("b.parquet").write_bytes(sound[:-20])
    outcome = run("a.jsonl", "b.parquet", "c.jsonl", out="out.parquet")
    assert len(outcome.bad) == 1
    assert outcome.bad[0].startswith("b.parquet: ")
    assert not Path("out.parquet").exists()
    assert outcome.summary.rows == 12
    Path("b.parquet").write_bytes(sound)
    outcome = run("a.jsonl", "b.parquet", "c.jsonl", out="out.parquet")
    assert (outcome.bad, outcome.continued) == ((), 4)
    assert [row["id"] for row in table_of("out.parquet")] == list(range(18))


def test_all_bad(run: Run) -> None:
    """Where nothing can be read, nothing is written."""
    Path("a.parquet").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"a\.parquet"):
        run("a.parquet", out="out")
    assert not Path("out").exists()


def test_renamed_column(run: Run) -> None:
    """A shard without the code column is told by its name, and the others are done."""
    lines("a.jsonl", codes(2))
    lines("b.jsonl", [{"content": "x"}])
    outcome = run("a.jsonl", "b.jsonl", out="out")
    assert outcome.bad == ("b.jsonl: no column 'code': name it with --code",)
    assert len(table_of("out")) == 2


def test_types_that_differ(run: Run) -> None:
    """Columns of one name and types that nothing holds together name both files."""
    lines("a.jsonl", [{"code": "x", "n": "text"}])
    pq.write_table(pa.table({"code": ["x"], "n": [1]}), "b.parquet")
    with pytest.raises(InputError, match=r"'n' holds string in a\.jsonl but int64 in b\.parquet"):
        run("a.jsonl", "b.parquet", out="out")
    run("a.jsonl", "b.parquet", out="out", columns=())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"mode": "high-precision"}, "--mode balanced, now --mode high-precision"),
        ({"keep": ("human",)}, "no --keep, now --keep human"),
        ({"rows": 5}, "--rows-per-shard 4, now --rows-per-shard 5"),
        ({"columns": ("id",)}, "no --columns, now --columns id"),
    ],
)
def test_another_command(run: Run, change: dict[str, Any], told: str) -> None:
    """Another command over the same output is refused with what differs, unless it may."""
    lines("a.jsonl", codes(5))
    run("a.jsonl", out="out")
    before = contents("out")
    with pytest.raises(OtherRunError, match=told):
        run("a.jsonl", out="out", **change)
    assert contents("out") == before
    assert not run("a.jsonl", out="out", overwrite=True, **change).already


def test_changed_inputs(run: Run) -> None:
    """Inputs that are others now, or hold something else, are refused."""
    lines("a.jsonl", codes(5))
    lines("b.jsonl", codes(5))
    run("a.jsonl", out="out")
    with pytest.raises(OtherRunError, match=r"now with .*b\.jsonl"):
        run("a.jsonl", "b.jsonl", out="out")
    lines("a.jsonl", codes(6))
    with pytest.raises(OtherRunError, match=r"a\.jsonl has changed since"):
        run("a.jsonl", out="out")


def test_what_is_not_ours(run: Run) -> None:
    """Nothing that somebody else wrote is written over, a file only if it may be."""
    lines("a.jsonl", codes(5))
    lines("mine.jsonl", codes(1))
    Path("folder").mkdir()
    Path("folder/mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="exists: name another file, or add --overwrite"):
        run("a.jsonl", out="mine.jsonl")
    for overwrite in (False, True):
        with pytest.raises(OutputError, match="holds other files"):
            run("a.jsonl", out="folder", overwrite=overwrite)
    run("a.jsonl", out="mine.jsonl", overwrite=True)
    assert len(Path("mine.jsonl").read_text().splitlines()) == 5
    assert Path("folder/mine.txt").read_text() == "mine"


def test_output_in_an_input(run: Run) -> None:
    """An output that is an input, or lies in one, is refused: inputs are never lost."""
    lines("a.jsonl", codes(5))
    Path("tree").mkdir()
    Path("tree/main.py").write_text("x = 1\n", encoding="utf-8")
    Path("link.jsonl").symlink_to("a.jsonl")
    for inputs, out in (
        ("a.jsonl", "a.jsonl"),
        ("a.jsonl", "link.jsonl"),
        ("tree", "tree"),
        ("tree", "tree/out"),
        ("tree/main.py", "out.csv"),
    ):
        with pytest.raises(LabelError, match=r"within one another|its name ends in none"):
            run(inputs, out=out, overwrite=True)
    with pytest.raises(OutputError, match="two places"):
        run("a.jsonl", out="o.csv", rejected="o.csv", keep=("human",))
    assert len(Path("a.jsonl").read_text().splitlines()) == 5


def test_removed_shard(run: Run) -> None:
    """A finished shard that somebody removed is done again."""
    lines("a.jsonl", codes(10))
    run("a.jsonl", out="out")
    before = contents("out")
    Path("out/part-00000-00001.parquet").unlink()
    outcome = run("a.jsonl", out="out")
    assert (outcome.already, outcome.continued) == (False, 2)
    assert contents("out") == before


def test_changed_output(run: Run) -> None:
    """A finished file that somebody changed is not taken for ours, nor written over."""
    lines("a.jsonl", codes(5))
    run("a.jsonl", out="out.jsonl")
    Path("out.jsonl").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="changed or removed since"):
        run("a.jsonl", out="out.jsonl")
    assert Path("out.jsonl").read_text() == "mine"


def test_full_disk(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk ends the run with the mend; then the same command goes on."""
    lines("a.jsonl", codes(12))
    calls = []

    def full(path: str) -> int:
        calls.append(path)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return Path(path).stat().st_size

    with monkeypatch.context() as patch:
        patch.setattr("fingerprint.labeling.work.sync", full)
        with pytest.raises(OutputError, match="No space left on device: free some space"):
            run("a.jsonl", out="out")
    assert len(contents("out")) == 1
    assert run("a.jsonl", out="out").continued == 1
    assert len(table_of("out")) == 12


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked")
@pytest.mark.parametrize("out", ["out", "out.parquet", "out.jsonl.gz"])
def test_killed_anywhere(run: Run, tmp_path: Path, out: str) -> None:
    """Killed at every single step on the disk and continued, a run ends byte for byte the same."""
    lines("a.jsonl", codes(5))
    pq.write_table(pa.table({"code": ["y" * at for at in range(3)], "id": range(3)}), "b.parquet")
    how: dict[str, Any] = {"where": "fp_ai_probability < 0.5", "rejected": f"not-{out}"}
    run("a.jsonl", "b.parquet", out=out, **how)
    names = (out, f"not-{out}")
    expected = [_found(Path(name)) for name in names]
    Path("work").mkdir()
    steps = 0
    while True:
        steps += 1
        os.chdir(tmp_path / "work")
        for name in ("a.jsonl", "b.parquet"):
            if not Path(name).exists():
                os.link(tmp_path / name, name)
        killed = _killed_at(steps, lambda: run("a.jsonl", "b.parquet", out=out, **how))
        for name, whole in zip(names, expected, strict=True):
            for file, data in _found(Path(name)).items():
                assert whole[file] == data, f"{file} is not whole after step {steps}"
        assert run("a.jsonl", "b.parquet", out=out, **how).bad == ()
        assert [_found(Path(name)) for name in names] == expected
        os.chdir(tmp_path)
        _remove(tmp_path / "work")
        if not killed:
            break
    assert steps > 20


def _found(path: Path) -> dict[str, bytes]:
    return (
        contents(path) if path.is_dir() else {path.name: path.read_bytes()} if path.exists() else {}
    )


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder)
    folder.mkdir()


def _killed_at(step: int, call: Callable[[], object]) -> bool:
    """Run a call in a child that is killed before its `step`-th sync or rename."""
    child = os.fork()
    if child == 0:
        left = [step]

        def counted(real: Callable[..., Any]) -> Callable[..., Any]:
            def stand_in(*given: Any, **named: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*given, **named)

            return stand_in

        os.fsync = counted(os.fsync)
        os.replace = counted(os.replace)
        Path.replace = counted(Path.replace)  # type: ignore[method-assign]
        os.unlink = counted(os.unlink)
        try:
            call()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_continues_with_settings_of_the_first(run: Run) -> None:
    """--overwrite that was cut short goes on with the new run, and not with the old one."""
    lines("a.jsonl", codes(9))
    run("a.jsonl", out="out")
    job = replace(Job(("a.jsonl",), "out", rows=4), overwrite=True)
    killed = _killed_at(16, lambda: label_files(job, LocalEngine(1), print, Progress(None)))
    assert killed
    assert run("a.jsonl", out="out", overwrite=True).continued > 0
    assert [row["id"] for row in table_of("out")] == list(range(9))


def test_output_in_a_folder_of_shards(run: Run) -> None:
    """An output below a folder that is an input is refused: it would be an input the next time."""
    Path("shards").mkdir()
    lines("shards/a.jsonl", codes(5))
    for given, out in (("shards", "shards/out"), ("shards", "shards/o.csv"), ("s*", "shards/out")):
        with pytest.raises(OutputError, match="within one another"):
            run(given, out=out)
    assert [each.name for each in Path("shards").iterdir()] == ["a.jsonl"]
    assert run("shards/*.jsonl", out="shards/out").summary.rows == 5


def test_no_line_is_an_object(run: Run) -> None:
    """A file of plain text alone is labelled as what it is: rows that are unsound."""
    Path("a.jsonl").write_text("plain\ntext\n", encoding="utf-8")
    assert run("a.jsonl", out="out.parquet").bad == ()
    assert [row["fp_status"] for row in table_of("out.parquet")] == ["invalid"] * 2


@pytest.mark.parametrize("name", ["language", "lang"])
def test_unnamed_language(run: Run, said: list[str], name: str) -> None:
    """A column that by its name tells the language is pointed out, once and if not named."""
    rows = [{**row, name: "python"} for row in codes(9)]
    lines("a.jsonl", rows)
    run("a.jsonl", out="named", language=name)
    assert said == []
    run("a.jsonl", out="out")
    run("a.jsonl", out="out")
    hint = f"there is a column {name!r}: name it with --language for better answers"
    assert said == [hint]
