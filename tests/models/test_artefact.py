"""Model folders: whole or not at all, verified, and never unpickled."""

import io
import json
import os
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_models import artefact
from fingerprint_models.arrays import read_npz
from fingerprint_models.artefact import json_bytes, npz_bytes, open_folder, write_folder
from fingerprint_models.errors import (
    DamagedModelError,
    ExistingModelError,
    MissingModelError,
    ModelError,
    NewerFormatError,
    SchemaMismatchError,
)

HEADER = {"name": "tiny", "version": "1.0", "schema_hash": "ab" * 32, "created_by": "0.1.0"}
FILES = {
    "booster.txt": "tree – line\n".encode(),
    "config.json": json_bytes({"classes": ["human", "claude"], "at": 0.1}),
    "arrays.npz": npz_bytes({"weights": np.arange(6.0).reshape(2, 3), "names": np.array(["a"])}),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(tmp_path / "tiny-1.0", FILES, header=HEADER)
    return tmp_path / "tiny-1.0"


def edit_manifest(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def forge(folder: Path, name: str, data: bytes) -> None:
    """Put other content into a folder together with the right sums."""
    shutil.rmtree(folder)
    write_folder(folder, FILES | {name: data}, header=HEADER)


class Bomb:
    """What leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.mark,)


def test_round_trip(folder: Path) -> None:
    """What was written is read back: header, text, JSON and arrays."""
    model = open_folder(folder)
    assert model.header == HEADER | {"format": 1}
    assert model.text("booster.txt") == "tree – line\n"
    assert model.json("config.json") == {"classes": ["human", "claude"], "at": 0.1}
    arrays = model.arrays("arrays.npz")
    assert arrays["weights"].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    assert arrays["names"].tolist() == ["a"]


def test_same_content_same_hash(folder: Path, tmp_path: Path) -> None:
    """The hash depends on the content alone, and reading gives the hash that writing gave."""
    again = write_folder(
        tmp_path / "elsewhere" / "b",
        dict(reversed(FILES.items())),
        header=dict(reversed(HEADER.items())),
    )
    assert open_folder(folder).manifest_hash == again
    assert (folder / "manifest.json").read_bytes() == (
        tmp_path / "elsewhere" / "b" / "manifest.json"
    ).read_bytes()


@pytest.mark.parametrize(
    ("files", "header"),
    [
        (FILES | {"booster.txt": b"other"}, HEADER),
        (FILES | {"more.txt": b""}, HEADER),
        (FILES, HEADER | {"version": "1.1"}),
        (FILES, HEADER | {"classes": ["human"]}),
    ],
)
def test_other_content_other_hash(
    folder: Path, tmp_path: Path, files: dict[str, bytes], header: dict[str, object]
) -> None:
    """A change of any file or header field changes the hash."""
    other = write_folder(tmp_path / "other", files, header=header)
    assert other != open_folder(folder).manifest_hash


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("at", [0, -1])
def test_one_tampered_byte(folder: Path, name: str, at: int) -> None:
    """One changed byte in any file is refused, with its name and the mend."""
    data = bytearray((folder / name).read_bytes())
    data[at] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(DamagedModelError, match=rf"{name} does not have the SHA-256.*fetch"):
        open_folder(folder)


@pytest.mark.parametrize(
    ("data", "problem"), [(b"", "has 0 bytes"), (b"x" * 999, "is larger than")]
)
def test_other_size(folder: Path, data: bytes, problem: str) -> None:
    """A truncated or grown file is refused, with its name and the mend."""
    (folder / "booster.txt").write_bytes(data)
    with pytest.raises(DamagedModelError, match=rf"booster\.txt {problem}.*reinstall"):
        open_folder(folder)


def test_missing_file(folder: Path) -> None:
    """A file that the manifest lists must be there."""
    (folder / "config.json").unlink()
    with pytest.raises(DamagedModelError, match=r"config\.json is missing"):
        open_folder(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_no_file(folder: Path) -> None:
    """A named pipe in a file's place is refused, not waited for."""
    (folder / "config.json").unlink()
    os.mkfifo(folder / "config.json")
    with pytest.raises(DamagedModelError, match=r"config\.json is missing"):
        open_folder(folder)


def test_linked_files_are_read(folder: Path, tmp_path: Path) -> None:
    """A download cache may hold files as links; their content is what counts."""
    (folder / "config.json").rename(tmp_path / "blob")
    (folder / "config.json").symlink_to(tmp_path / "blob")
    assert open_folder(folder).json("config.json")["at"] == 0.1


def test_unlisted_file(folder: Path) -> None:
    """A file or folder that the manifest does not list is refused, with its name."""
    (folder / "extra.txt").write_text("x")
    with pytest.raises(DamagedModelError, match=r"extra\.txt is not listed"):
        open_folder(folder)


def test_traces_of_tools_do_not_matter(folder: Path) -> None:
    """Hidden files and byte-code caches, which tools leave behind, are passed over."""
    (folder / ".gitattributes").write_text("x")
    (folder / "__pycache__").mkdir()
    assert open_folder(folder).header["name"] == "tiny"


def test_newer_format(folder: Path) -> None:
    """A format of a later package asks for an upgrade."""
    edit_manifest(folder, format=artefact.FORMAT + 1)
    with pytest.raises(NewerFormatError, match=r"manifest\.json has format 2.*upgrade"):
        open_folder(folder)


def test_every_format_has_a_reader() -> None:
    """All formats from the first to the written one can be read."""
    assert sorted(artefact.READERS) == list(range(1, artefact.FORMAT + 1))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"format": 0}, "format 0"),
        ({"format": True}, "states no format"),
        ({"format": "1"}, "states no format"),
        ({"files": ["booster.txt"]}, "lacks one of files"),
        ({"schema_hash": 7}, "lacks one of files"),
        ({"files": {"booster.txt": {"size": 3}}}, "arrays.npz is not listed"),
        ({"files": dict.fromkeys(FILES)}, "lacks size or sum of arrays.npz"),
        ({"files": {key: {"sha256": "", "size": -5} for key in FILES}}, "is larger than"),
    ],
)
def test_manifest_that_says_nonsense(folder: Path, change: dict[str, object], problem: str) -> None:
    """A manifest that breaks its form is refused with what it lacks."""
    edit_manifest(folder, **change)
    with pytest.raises(DamagedModelError, match=problem):
        open_folder(folder)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b'{"format": NaN}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "cut", "not a number", "not text", "deep"],
)
def test_manifest_that_is_no_json(folder: Path, data: bytes) -> None:
    """A manifest that does not parse is refused by name."""
    (folder / "manifest.json").write_bytes(data)
    with pytest.raises(DamagedModelError, match=r"manifest\.json is not valid JSON"):
        open_folder(folder)


def test_manifest_of_any_size_is_bounded(folder: Path) -> None:
    """A huge manifest is refused before it is parsed."""
    (folder / "manifest.json").write_bytes(b" " * (artefact.MAX_MANIFEST + 1))
    with pytest.raises(DamagedModelError, match=r"manifest\.json is larger than"):
        open_folder(folder)


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/hosts", "a/b", "a\\b", "..", "C:x"])
def test_names_that_lead_outside(folder: Path, tmp_path: Path, name: str) -> None:
    """Names that could lead out of the folder are neither written nor read."""
    with pytest.raises(ModelError, match="is not plain"):
        write_folder(tmp_path / "new", {name: b"x"}, header=HEADER)
    (tmp_path / "outside.txt").write_text("x")
    edit_manifest(folder, files={name: {"sha256": "", "size": 1}})
    with pytest.raises(DamagedModelError, match="no plain file name"):
        open_folder(folder)


@pytest.mark.parametrize("name", ["", ".hidden", "manifest.json", "Manifest.JSON", "x\n", "é"])
def test_names_that_are_not_plain(tmp_path: Path, name: str) -> None:
    """Empty, hidden, reserved and unusual names are not written, and nothing is left behind."""
    with pytest.raises(ModelError, match="is not plain"):
        write_folder(tmp_path / "new", {name: b"x"}, header=HEADER)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("header", [{"name": "x"}, HEADER | {"version": 1}, HEADER | {"files": {}}])
def test_header_must_be_whole(tmp_path: Path, header: dict[str, object]) -> None:
    """A header without its texts, or that sets what the manifest sets, is refused."""
    with pytest.raises(ModelError, match="header"):
        write_folder(tmp_path / "new", FILES, header=header)


def test_no_model_there(tmp_path: Path) -> None:
    """A folder that is absent, or holds no manifest, is told as a missing model."""
    with pytest.raises(MissingModelError, match="no such folder"):
        open_folder(tmp_path / "nowhere")
    with pytest.raises(MissingModelError, match=r"has no manifest\.json"):
        open_folder(tmp_path)


def test_existing_folder_is_refused(folder: Path) -> None:
    """Without being asked, nothing is written over a model."""
    with pytest.raises(ExistingModelError, match="ask to replace"):
        write_folder(folder, {}, header=HEADER)
    assert open_folder(folder).files.keys() == FILES.keys()


def test_replace(folder: Path) -> None:
    """Asked to, a new model takes the old one's place, and nothing else is left."""
    write_folder(folder, {"new.txt": b"x"}, header=HEADER, replace=True)
    assert list(open_folder(folder).files) == ["new.txt"]
    assert list(folder.parent.iterdir()) == [folder]


def test_replace_spares_what_is_no_model(tmp_path: Path) -> None:
    """A folder of other things, a file or a link is never replaced."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.txt").write_text("years")
    (tmp_path / "link").symlink_to(tmp_path / "work")
    for name in ("work", "link", "work/thesis.txt"):
        with pytest.raises(ExistingModelError, match="no model folder"):
            write_folder(tmp_path / name, FILES, header=HEADER, replace=True)
    assert (tmp_path / "work" / "thesis.txt").read_text() == "years"


@pytest.mark.parametrize("name", ["booster.txt", "manifest.json"])
def test_crash_while_writing(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A disk that fills up leaves the old model whole and no remains of the new one."""
    write = artefact._write

    def full(path: Path, data: bytes) -> None:
        if path.name == name:
            raise OSError("no space left on device")
        write(path, data)

    before = open_folder(folder).manifest_hash
    monkeypatch.setattr(artefact, "_write", full)
    with pytest.raises(OSError, match="no space"):
        write_folder(folder, FILES | {"new.txt": b"x"}, header=HEADER, replace=True)
    assert open_folder(folder).manifest_hash == before
    assert list(folder.parent.iterdir()) == [folder]


def test_crash_between_the_renames(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the new folder cannot take its place, the old one comes back."""
    rename = Path.replace

    def stuck(self: Path, target: Path) -> Path:
        if self.name.endswith(".partial"):
            raise KeyboardInterrupt
        return rename(self, target)

    before = open_folder(folder).manifest_hash
    monkeypatch.setattr(Path, "replace", stuck)
    with pytest.raises(KeyboardInterrupt):
        write_folder(folder, FILES | {"new.txt": b"x"}, header=HEADER, replace=True)
    assert open_folder(folder).manifest_hash == before
    assert list(folder.parent.iterdir()) == [folder]


def test_kill_between_the_renames(folder: Path) -> None:
    """Where a kill left the old model beside its place, the error says which folder to rename."""
    folder.rename(folder.with_name(".tiny-1.0.old"))
    with pytest.raises(MissingModelError, match=r"cut short; rename .*\.tiny-1\.0\.old to tiny"):
        open_folder(folder)


def test_pickles_are_never_opened(folder: Path, tmp_path: Path) -> None:
    """A pickle, bare or inside an npz, is refused by name and its code does not run."""
    mark = tmp_path / "ran"
    hidden = io.BytesIO()
    np.savez(hidden, x=np.array([Bomb(mark)], dtype=object))
    for data in (hidden.getvalue(), pickle.dumps(Bomb(mark))):
        forge(folder, "arrays.npz", data)
        with pytest.raises(DamagedModelError, match=r"arrays\.npz is not an npz file of plain"):
            open_folder(folder).arrays("arrays.npz")
    assert not mark.exists()


def test_wrong_kind_of_file(folder: Path) -> None:
    """A file asked for as what it is not, or that is not listed, is refused by name."""
    forge(folder, "booster.txt", b"\xff\xfe{")
    model = open_folder(folder)
    single = io.BytesIO()
    np.save(single, np.arange(3))
    with pytest.raises(DamagedModelError, match=r"booster\.txt is not UTF-8"):
        model.text("booster.txt")
    with pytest.raises(DamagedModelError, match=r"booster\.txt is not valid JSON"):
        model.json("booster.txt")
    with pytest.raises(DamagedModelError, match=r"does not list absent\.npz"):
        model.arrays("absent.npz")
    for data in (b"", b"PK\x03\x04cut", single.getvalue()):
        forge(folder, "arrays.npz", data)
        with pytest.raises(DamagedModelError, match=r"arrays\.npz is not an npz"):
            open_folder(folder).arrays("arrays.npz")


@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.tuples(
            st.sampled_from(["<f4", ">f8", "<i4", "|b1", "<U3"]),
            st.lists(st.integers(0, 3), max_size=3),
        ),
    )
)
def test_npz_is_the_same_for_the_same_arrays(specs: dict[str, tuple[str, list[int]]]) -> None:
    """Neither insertion order, memory order nor byte order shows; values, shapes and kinds stay."""
    arrays = {
        name: np.arange(np.prod(shape, dtype=int)).astype(dtype).reshape(shape)
        for name, (dtype, shape) in specs.items()
    }
    data = npz_bytes(arrays)
    turned = {
        name: np.asfortranarray(arrays[name]).astype(arrays[name].dtype.newbyteorder(">"))
        if arrays[name].ndim
        else arrays[name]
        for name in reversed(arrays)
    }
    assert npz_bytes(turned) == data
    found = read_npz(data)
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array, strict=False)
        assert found[name].shape == array.shape


def test_npz_bytes_do_not_know_the_day() -> None:
    """The clock leaves no trace in an npz file."""
    with zipfile.ZipFile(io.BytesIO(npz_bytes({"a": np.ones(2), "b": np.ones(1)}))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_objects_are_not_written() -> None:
    """An array of objects is refused by name when it is written."""
    with pytest.raises(TypeError, match="'a' holds objects"):
        npz_bytes({"a": np.array([{}], dtype=object)})


def test_json_is_canonical() -> None:
    """Key order does not show, text stays readable, and NaN is refused."""
    assert json_bytes({"b": "é", "a": 1}) == json_bytes({"a": 1, "b": "é"})
    assert json_bytes({"a": "é"}) == '{\n "a": "é"\n}\n'.encode()
    with pytest.raises(ValueError, match="JSON compliant"):
        json_bytes({"a": float("nan")})


def test_schema_mismatch_names_both() -> None:
    """The error of a wrong schema tells both hashes and the mend."""
    error = SchemaMismatchError("a" * 64, "b" * 64)
    assert (error.expected, error.found) == ("a" * 64, "b" * 64)
    assert "aaaa" in str(error)
    assert "bbbb" in str(error)
    assert "train it again" in str(error)
