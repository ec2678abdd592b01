"""C2PA manifests in text: that one is there. Reading or verifying it is another program's work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingerprint_features.provenance.records import Finding, Kind, Strength

_MAGIC = b"C2PATXT\0"
"""First bytes of the wrapper, C2PA 2.4 appendix A.8."""

_SELECTORS = re.compile("\ufeff?([\ufe00-\ufe0f\U000e0100-\U000e01ef]{8})")
_ARMOUR = "-----BEGIN C2PA MANIFEST-----"


def has_manifest(text: str) -> bool:
    """Tell whether a text carries a C2PA manifest, as variation selectors or as an armoured block.

    Each byte of the invisible form is one selector: U+FE00 on for 0 to 15, U+E0100 on for the rest.
    """
    if _ARMOUR in text:
        return True
    return any(_bytes(match[1]) == _MAGIC for match in _SELECTORS.finditer(text))


def c2pa_findings(text: str) -> Iterator[Finding]:
    """Yield one mention, of no agent, where a text carries a manifest."""
    if (not text.isascii() and has_manifest(text)) or _ARMOUR in text:
        yield Finding(None, None, None, Kind.MENTION, Strength.MENTION, "C2PA manifest", "c2pa")


def _bytes(selectors: str) -> bytes:
    codes = (ord(selector) for selector in selectors)
    return bytes(code - 0xFE00 if code <= 0xFE0F else code - 0xE0100 + 16 for code in codes)
