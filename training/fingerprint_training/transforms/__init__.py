"""Changes of code that leave its meaning: to measure how robust a model is, and to augment."""

from __future__ import annotations

from fingerprint_training.transforms import alike
from fingerprint_training.transforms.comments import reword_comments, strip_comments
from fingerprint_training.transforms.docstrings import drop_docstrings
from fingerprint_training.transforms.errors import FormatterMissingError
from fingerprint_training.transforms.formatting import reformat
from fingerprint_training.transforms.imports import reorder_imports
from fingerprint_training.transforms.quotes import swap_quotes
from fingerprint_training.transforms.renaming import rename_identifiers
from fingerprint_training.transforms.reorder import reorder_functions
from fingerprint_training.transforms.transform import Transform, guarded
from fingerprint_training.transforms.whitespace import normalise_whitespace

__all__ = ["TRANSFORMS", "FormatterMissingError", "Transform", "apply_all"]

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_MAIN = _SCRIPTS | {"python", "java", "go"}
_C_LIKE = frozenset({"c", "cpp", "csharp"})
_ALL = _MAIN | _C_LIKE | {"rust"}

TRANSFORMS: tuple[Transform, ...] = (
    guarded("comments-stripped", _ALL, strip_comments, alike.same_layout_aside),
    guarded("comments-reworded", _ALL, reword_comments, alike.same_layout_aside),
    guarded("docstrings-dropped", frozenset({"python"}), drop_docstrings, alike.any_program),
    guarded("identifiers-renamed", _MAIN, rename_identifiers, alike.same_kinds),
    guarded("reformatted", _MAIN - {"go"} | _C_LIKE, reformat, alike.same_program),
    guarded("whitespace-normalised", _ALL, normalise_whitespace, alike.same_layout_aside),
    guarded("quotes-normalised", _SCRIPTS | {"python"}, swap_quotes, alike.same_kinds),
    guarded(
        "functions-reordered", _MAIN | {"csharp", "rust"}, reorder_functions, alike.same_tokens
    ),
    guarded("imports-reordered", _MAIN | {"csharp", "rust"}, reorder_imports, alike.same_tokens),
)
"""All transformations. Each is versioned by its name: change what one does, change its name."""


def apply_all(code: str, language: str, seed: int) -> dict[str, str]:
    """Return the transformed copies of a code by the transformation's name, in `TRANSFORMS` order.

    Those that do not apply are left out. Raises FormatterMissingError.
    """
    copies = ((each.name, each.apply(code, language, seed)) for each in TRANSFORMS)
    return {name: copy for name, copy in copies if copy is not None}
