"""Code laid out by a formatter in a style of its own.

Python has black, scripts with markup jsbeautifier, all others clang-format.
"""

from __future__ import annotations

import subprocess
import sysconfig
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from fingerprint_features.documentation import docstrings_of
from fingerprint_training.transforms.edits import edited
from fingerprint_training.transforms.errors import FormatterMissingError
from fingerprint_training.transforms.reading import Code, read

FILE_NAMES: Mapping[str, str] = {
    "javascript": "code.js",
    "typescript": "code.ts",
    "tsx": "code.tsx",
    "java": "Code.java",
    "c": "code.c",
    "cpp": "code.cpp",
    "csharp": "Code.cs",
}
"""What clang-format knows each language by."""

STYLES = ("LLVM", "Google", "Mozilla", "WebKit")
"""clang-format's own styles that differ plainly in indentation and braces."""

_ONLY_LAYOUT = (
    "SortIncludes: Never, SortUsingDeclarations: Never, JavaScriptQuotes: Leave, "
    "BreakStringLiterals: false, BreakAfterJavaFieldAnnotations: true, ReflowComments: Never, "
    "FixNamespaceComments: false, InsertTrailingCommas: None, QualifierAlignment: Leave"
)
"""What a style may not touch: order, quotes, texts and tokens."""

BLACK_STYLES = ((79, False), (120, True), (60, True), (100, False))
"""Length of the line, and whether quotes become double: on both sides of black's own 88."""

SECONDS = 20.0
"""A formatter that takes longer is taken to have failed: a sample takes some milliseconds."""

MARKUP_STYLES = ((4, "expand"), (2, "end-expand"), (8, "collapse"), (3, "expand"))
"""jsbeautifier's width of indentation and place of braces."""


def reformat(code: Code, rng: np.random.Generator) -> bytes:
    """Return the code in the first style from the drawn one on that changes it.

    Raises FormatterMissingError where the formatter is not installed.
    """
    styles = _styles(code)
    first = int(rng.integers(len(styles)))
    for style in styles[first:] + styles[:first]:
        result = style()
        if result is None:
            break
        if result != code.data:
            return result
    return code.data


def _styles(code: Code) -> list[Callable[[], bytes | None]]:
    if code.language == "python":
        return [partial(_black, code, *style) for style in BLACK_STYLES]
    if len(code.tree.with_role("markup")):
        # clang-format takes markup for comparisons.
        return [partial(_beautified, code, *style) for style in MARKUP_STYLES]
    return [partial(_clang, code, style) for style in STYLES]


def _black(code: Code, width: int, quotes: bool) -> bytes | None:
    try:
        import black  # noqa: PLC0415 - of the training extra
    except ImportError as error:
        raise FormatterMissingError("black") from error
    mode = black.Mode(line_length=width, string_normalization=quotes)
    try:
        text = black.format_str(code.data.decode(), mode=mode)
    except (SyntaxError, ValueError, RecursionError):  # what tree-sitter bears, black does not
        return None
    return _with_docstrings(code, text)


def _with_docstrings(old: Code, text: str) -> bytes | None:
    """Return formatted Python with its docstrings as they were: a program may print them."""
    new = read(text, "python")
    if new is None:
        return None
    before, after = docstrings_of(old.source), docstrings_of(new.source)
    if len(before) != len(after):
        return None
    pairs = zip(before, after, strict=True)
    return edited(new.data, [(*there, old.data[slice(*here)]) for here, there in pairs])


def _beautified(code: Code, width: int, braces: str) -> bytes:
    try:
        jsbeautifier = import_module("jsbeautifier")
    except ImportError as error:
        raise FormatterMissingError("jsbeautifier") from error
    options = jsbeautifier.default_options()
    options.e4x, options.end_with_newline = True, True
    options.indent_size, options.brace_style = width, braces
    return str(jsbeautifier.beautify(code.data.decode(), options)).encode()


def _clang(code: Code, style: str) -> bytes | None:
    found = find_spec("clang_format")
    if found is None or found.origin is None:
        raise FormatterMissingError("clang-format")
    name = "clang-format" + (sysconfig.get_config_var("EXE") or "")
    program = Path(found.origin).parent / "data" / "bin" / name
    command = [
        str(program),
        f"--style={{BasedOnStyle: {style}, {_ONLY_LAYOUT}}}",
        f"--assume-filename={FILE_NAMES[code.language]}",
    ]
    try:
        done = subprocess.run(
            command, input=code.data, capture_output=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None
