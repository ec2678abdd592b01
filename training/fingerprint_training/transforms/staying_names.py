"""Names that are never replaced, for somebody may know them: in doubt, a name stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from fingerprint_training.transforms.reading import Code
from fingerprint_training.transforms.renaming_rules import Rules

_QUERY = re.compile(rb"@([A-Za-z_]\w*)")
_PATH_WORD = re.compile(rb"\w+")
_ANNOTATIONS = frozenset({"annotation", "marker_annotation", "decorator"})
_FIELD_MODIFIERS = frozenset({"accessibility_modifier", "readonly", "override_modifier"})
_PARAMETERS = frozenset({"parameters", "lambda_parameters"})
_KEYWORDS_ONLY = frozenset({"keyword_separator", "list_splat_pattern"})


def staying(code: Code, rules: Rules, uses: Mapping[bytes, list[int]]) -> set[bytes]:
    """Return the names that stay: used as a member, told to a library, or special by themselves."""
    found = set(rules.names) | _members(code)
    for name, nodes in uses.items():
        if _is_special(name) or any(_stays(code, node, rules) for node in nodes):
            found.add(name)
    found.update(_python(code) if code.family == "python" else ())
    found.update(_imported_by_go(code) if code.family == "go" else ())
    found.update(_injected(code))
    return found


def _is_special(name: bytes) -> bool:
    return name.startswith(b"__") or not name.strip(b"_$")


def _stays(code: Code, node: int, rules: Rules) -> bool:
    kind = code.kinds[code.parent[node]]
    if (kind, code.fields[node]) in rules.stays or (kind, "*") in rules.stays:
        return True
    if kind != "literal_element":
        return False
    pair = code.parent[code.parent[node]]  # Go writes a struct's fields as it writes variables
    return code.kinds[pair] == "keyed_element" and code.children[pair][0] == code.parent[node]


def _members(code: Code) -> set[bytes]:
    """Return what stands as a property, field, type or label somewhere."""
    leaves = np.flatnonzero(code.tree.leaf & code.tree.named).tolist()
    return {
        code.bytes_of(leaf).lstrip(b"#")
        for leaf in leaves
        if code.kinds[leaf] != "identifier"
        and ("identifier" in code.kinds[leaf] or code.kinds[leaf] == "label_name")
    }


def _imported_by_go(code: Code) -> Iterator[bytes]:
    """Yield all words of import paths: one of them is the package's name."""
    for node, kind in enumerate(code.kinds):
        if kind == "import_spec":
            yield from _PATH_WORD.findall(code.bytes_of(node))


def _injected(code: Code) -> Iterator[bytes]:
    """Yield parameters that annotations speak of, and those that are fields at the same time."""
    for node, kind in enumerate(code.kinds):
        if kind in {"formal_parameter", "required_parameter", "optional_parameter"}:
            heads = [child for child in code.children[node] if code.kinds[child] != "type"]
            marks = {code.kinds[part] for head in heads for part in (head, *code.below(head))}
            if marks & (_ANNOTATIONS | _FIELD_MODIFIERS):
                yield from _identifiers(code, node)


def _python(code: Code) -> Iterator[bytes]:
    """Yield what Python's libraries learn by name: fixtures, routes, keywords, query variables."""
    spread = "dictionary_splat" in code.kinds
    for node, kind in enumerate(code.kinds):
        if kind in _PARAMETERS:
            if spread or _is_called_by_name(code, code.parent[node]):
                yield from _identifiers(code, node)
            yield from _keyword_only(code, node)
        elif kind == "interpolation" and _prints_its_text(code, node):
            yield from _identifiers(code, node)
        elif kind == "string_content":
            yield from _QUERY.findall(code.bytes_of(node))


def _is_called_by_name(code: Code, function: int) -> bool:
    decorated = code.kinds[code.parent[function]] == "decorated_definition"
    names = [each for each in code.children[function] if code.fields[each] == "name"]
    return decorated or any(code.bytes_of(name).startswith(b"test") for name in names)


def _keyword_only(code: Code, parameters: int) -> Iterator[bytes]:
    behind = False
    for child in code.children[parameters]:
        if behind:
            yield from _identifiers(code, child)
        behind |= code.kinds[child] in _KEYWORDS_ONLY
        behind |= any(code.kinds[part] == "list_splat_pattern" for part in code.below(child))


def _prints_its_text(code: Code, interpolation: int) -> bool:
    """Tell whether an f-string shows an expression with its value: `{total=}`."""
    return any(code.kinds[child] == "=" for child in code.children[interpolation])


def _identifiers(code: Code, node: int) -> Iterator[bytes]:
    for part in (node, *code.below(node)):
        if code.kinds[part] == "identifier":
            yield code.bytes_of(part)
