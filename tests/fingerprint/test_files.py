"""PATH arguments become a stream of items; nothing about one of them stops the others."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from fingerprint import items, walk
from fingerprint.files import discover
from fingerprint.ignore import IgnoreFileError

CODE = "import os\n\n\ndef main():\n    return os.getcwd()\n"


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty current directory, outside of any repository."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: str, content: str | bytes = CODE) -> str:
    """Write a file, with the folders above it."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def outcomes(
    *paths: str, patterns: Iterable[str] = (), language: str | None = None
) -> dict[str, str]:
    """Return `status` or `status:reason` by path, of a recursive run."""
    found = list(discover(paths, recursive=True, patterns=patterns, language=language))
    assert len({item.path for item in found}) == len(found)
    return {
        Path(item.path).as_posix(): item.status + (f":{item.reason}" if item.reason else "")
        for item in found
    }


def test_each_bad_file_has_a_status_and_the_others_are_done() -> None:
    """Empty, binary, odd encodings, minified, missing: one status each, in order."""
    put("good.py")
    put("empty.py", "")
    put("nul.py", b"x = 1\0")
    put("utf16.py", CODE.encode("utf-16"))
    put("latin.py", CODE.encode() + b"# \xe9t\xe9\n")
    put("mixed.py", "a = 1\r\nb = 2\nc = 3\r")
    put("mini.js", "var a=1;" * 999)
    put("koi8.py", "# программа".encode("koi8-r") * 9)
    names = ["good", "empty", "nul", "utf16", "latin", "mixed", "koi8"]
    found = outcomes(*(f"{name}.py" for name in names), "gone.py", "mini.js")
    assert list(found.values()) == [
        "ok",
        "empty",
        "binary",
        "ok",
        "ok",
        "ok",
        "undecodable",
        "missing:no_such_file_or_directory",
        "skipped:minified",
    ]


def test_a_line_of_50_mb_costs_next_to_nothing() -> None:
    """Only the first MiB of it is read and judged."""
    with Path("line.js").open("wb") as file:
        file.write(b"x" * (1 << 21))
        file.truncate(50_000_000)
    start = time.perf_counter()
    assert outcomes("line.js") == {"line.js": "skipped:minified"}
    assert time.perf_counter() - start < 1


def test_long_code_is_judged_by_its_first_mib() -> None:
    """A long file of ordinary lines is scored, cut at a whole line."""
    put("long.py", "x = 1\n" * 400_000)
    (item,) = discover(["long.py"])
    assert item.status == "ok"
    assert (1 << 20) - 6 <= len(item.code) <= 1 << 20
    assert item.code.endswith("x = 1\n")


def test_a_folder_needs_recursive() -> None:
    """Without it the folder is an error of its own, and the file beside it is done."""
    put("src/a.py")
    put("b.py")
    found = [(item.path, item.status, item.reason) for item in discover(["src", "b.py"])]
    assert found == [("src", "invalid", "directory_needs_recursive"), ("b.py", "ok", None)]


def test_a_walk_is_sorted_and_knows_its_source() -> None:
    """Files first, then folders, by name; prose is told apart; tools' folders are not met."""
    for path in ("src/b.py", "src/a.go", "src/z/c.rs", "src/run", "src/.git/x.py", "src/n.md"):
        put(path, "#!/usr/bin/env python3\nx = 1\n" if path == "src/run" else CODE)
    found = list(discover(["src"], recursive=True))
    assert [item.path for item in found] == [
        "src/a.go",
        "src/b.py",
        "src/n.md",
        "src/run",
        "src/z/c.rs",
    ]
    assert [item.status for item in found] == ["ok", "ok", "not_code", "ok", "ok"]
    assert [item.language for item in found] == ["go", "python", None, "python", "rust"]
    assert {item.source for item in found} == {"src"}


def test_loops_end() -> None:
    """A link to a folder is not entered; one that leads back up is called a loop."""
    put("src/deep/a.py")
    put("lib/b.py")
    Path("src/deep/up").symlink_to("..")
    Path("src/deep/self").symlink_to(".")
    Path("src/ouroboros.py").symlink_to("ouroboros")
    Path("src/lib").symlink_to("../lib")
    assert outcomes("src") == {
        "src/ouroboros.py": "missing:no_such_file_or_directory",
        "src/lib": "skipped:linked_directory",
        "src/deep/a.py": "ok",
        "src/deep/self": "skipped:directory_loop",
        "src/deep/up": "skipped:directory_loop",
    }


def test_a_link_to_itself_is_unreadable() -> None:
    """The system's own loop error is a status too."""
    Path("a.py").symlink_to("a.py")
    assert outcomes("a.py")["a.py"].startswith("unreadable:too_many")


def test_unreadable_files_and_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Denied access to one file or folder is its own status; the rest is done."""
    put("src/a.py")
    put("src/b.py")
    put("src/closed/c.py")

    def denied(path: str, *_: object) -> tuple[bytes, bool]:
        if path.endswith("a.py"):
            raise PermissionError(13, "Permission denied", path)
        return CODE.encode(), False

    scandir = os.scandir

    def denied_folder(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(walk, "read_bounded", denied)
    monkeypatch.setattr(walk.os, "scandir", denied_folder)
    assert outcomes("src") == {
        "src/a.py": "unreadable:permission_denied",
        "src/b.py": "ok",
        "src/closed": "unreadable:permission_denied",
    }


def test_a_file_that_vanishes_between_listing_and_reading() -> None:
    """It is missing, and what comes after it is done."""
    for path in ("src/a.py", "src/b.py", "src/c.py"):
        put(path)
    stream = discover(["src"], recursive=True)
    first = next(stream)
    Path("src/b.py").unlink()
    assert [first.status, *(item.status for item in stream)] == ["ok", "missing", "ok"]


def test_pipes_below_a_folder_are_not_waited_for() -> None:
    """A named pipe is unreadable, at once."""
    put("src/a.py")
    os.mkfifo("src/b.py")
    assert outcomes("src")["src/b.py"] == "unreadable:not_a_regular_file"


def test_what_others_or_programs_wrote_is_skipped_with_a_reason() -> None:
    """Vendored, generated, minified and lock files of a tree are told, not scored."""
    put("src/node_modules/x/index.js")
    put("src/third_party/y.c")
    put("src/api_pb2.py")
    put("src/stamp.go", "// Code generated by stringer. DO NOT EDIT.\n\npackage main\n")
    put("src/jquery.min.js")
    put("src/package-lock.json", "{}")
    put("src/mine.py")
    assert outcomes("src") == {
        "src/api_pb2.py": "skipped:generated",
        "src/jquery.min.js": "skipped:minified",
        "src/mine.py": "ok",
        "src/package-lock.json": "skipped:lock_file",
        "src/stamp.go": "skipped:generated",
        "src/node_modules": "skipped:vendored",
        "src/third_party": "skipped:vendored",
    }


def test_a_named_file_is_refused_only_for_what_is_in_it() -> None:
    """Who names a generated, vendored or ignored file wants to know."""
    put(".fingerprintignore", "*.py\n")
    put("api_pb2.py")
    put("node_modules/x.py")
    put("notes.md", "# Notes\n\nimport os\nimport sys\n")
    put("mystery", "lorem ipsum dolor\n")
    assert outcomes("api_pb2.py", "node_modules/x.py", "notes.md", "mystery") == {
        "api_pb2.py": "ok",
        "node_modules/x.py": "ok",
        "notes.md": "not_code",
        "mystery": "not_code",
    }
    assert outcomes("notes.md", language="python") == {"notes.md": "ok"}


def test_a_folder_that_was_named_is_entered_whatever_its_name() -> None:
    """`-r node_modules/x` scores that dependency."""
    put("node_modules/x/index.js")
    assert outcomes("node_modules/x") == {"node_modules/x/index.js": "ok"}


def test_fingerprintignore_has_gitignore_syntax() -> None:
    """Patterns hold from their folder down, the inner file wins, folders are left out whole."""
    put("src/.fingerprintignore", "# ours\n*.js\nold/\n/top.py\n")
    put("src/sub/.fingerprintignore", "!keep.js\n")
    for path in ("src/a.js", "src/top.py", "src/old/x.py", "src/sub/top.py", "src/sub/keep.js"):
        put(path)
    assert outcomes("src") == {
        "src/.fingerprintignore": "not_code",
        "src/a.js": "skipped:ignored",
        "src/old": "skipped:ignored",
        "src/top.py": "skipped:ignored",
        "src/sub/.fingerprintignore": "not_code",
        "src/sub/keep.js": "ok",
        "src/sub/top.py": "ok",
    }


def test_rules_above_the_argument_hold_up_to_the_repository() -> None:
    """The root's .fingerprintignore and .gitattributes count for `-r repo/src`; none further up."""
    put(".fingerprintignore", "*\n")
    Path("repo/.git").mkdir(parents=True)
    put("repo/.fingerprintignore", "src/a.py\n")
    put("repo/.gitattributes", "src/b.py linguist-generated\n")
    for name in "abc":
        put(f"repo/src/{name}.py")
    assert outcomes("repo/src") == {
        "repo/src/a.py": "skipped:ignored",
        "repo/src/b.py": "skipped:generated",
        "repo/src/c.py": "ok",
    }


def test_outside_of_a_repository_the_current_directory_is_the_top() -> None:
    """A .fingerprintignore beside where one works holds for folders below."""
    put(".fingerprintignore", "a.py\n")
    put("src/a.py")
    assert outcomes("src") == {"src/a.py": "skipped:ignored"}


def test_gitattributes_set_and_unset() -> None:
    """linguist-generated and -vendored are honoured, and unset they overrule our own rules."""
    put(
        "src/.gitattributes",
        "# linguist\n*.gen.js linguist-generated=true\nlib/** linguist-vendored\n"
        "ours_pb2.py -linguist-generated\nstamp.py linguist-generated=false\n"
        '"a b.py" linguist-generated\n'
        "vendor/ours/** -linguist-vendored\n*.c text eol=lf\n",
    )
    put("src/ours_pb2.py")
    put("src/stamp.py", "# Code generated by me. DO NOT EDIT.\n" + CODE)
    put("src/a b.py")
    for path in ("src/x.gen.js", "src/lib/l.py", "src/vendor/ours/o.py", "src/vendor/t/t.py"):
        put(path)
    found = outcomes("src")
    assert found.pop("src/.gitattributes") == "not_code"
    assert found == {
        "src/a b.py": "skipped:generated",
        "src/ours_pb2.py": "ok",
        "src/stamp.py": "ok",
        "src/x.gen.js": "skipped:generated",
        "src/lib/l.py": "skipped:vendored",
        "src/vendor/ours/o.py": "ok",
        "src/vendor/t/t.py": "skipped:vendored",
    }


def test_patterns_of_the_project_are_relative_to_the_current_directory() -> None:
    """`ignore` in pyproject.toml works as a .fingerprintignore beside it."""
    put("src/a.py")
    put("src/b.py")
    assert outcomes("src", patterns=["/src/a.py"])["src/a.py"] == "skipped:ignored"


def test_a_broken_pattern_names_its_file() -> None:
    """An exclusion we cannot read is an error, not silently dropped."""
    put("src/.fingerprintignore", "!\n")
    with pytest.raises(IgnoreFileError, match="fingerprintignore"):
        list(discover(["src"], recursive=True))


def test_language_comes_from_the_option_then_the_file_then_the_default() -> None:
    """What the user says about named files wins; a project default only fills gaps."""
    put("a.js", CODE)
    put("mystery", "lorem ipsum\n")

    def languages(**options: str) -> list[str | None]:
        return [item.language for item in discover(["a.js", "mystery"], **options)]

    assert languages(language="python") == ["python", "python"]
    assert languages(default_language="ruby") == ["javascript", "ruby"]


def test_piped_code_has_no_path_to_tell_its_language() -> None:
    """Standard input is judged by content; a dash is no file name."""
    assert items.item_of("-", b"#!/usr/bin/env ruby\nputs 1\n").language == "ruby"
    assert items.item_of("-", b"lorem ipsum\n") == items.Item("-", code="lorem ipsum\n")
