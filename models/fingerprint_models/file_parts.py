"""The record of a file in parts: who wrote which lines, and whether one side wrote them all."""

from __future__ import annotations

from dataclasses import dataclass

from fingerprint_models.attribution import UNKNOWN, Attribution

MIXED, PURE = "mixed", "pure"
"""Verdicts beside `unknown`: people and models wrote parts of the file; one of them wrote all."""


@dataclass(frozen=True, slots=True)
class PartAttribution:
    """Who wrote lines `start` to `end`, counted from 1, both included.

    `names` are those of the functions in it, in order; neighbours that are told alike are one part.
    """

    start: int
    end: int
    names: tuple[str, ...]
    attribution: Attribution

    @property
    def name(self) -> str | None:
        """The function's name, those of several with commas between, None where none has one."""
        return ", ".join(self.names) or None

    def to_dict(self) -> dict[str, object]:
        """Return one entry of `parts` in the JSON contract."""
        told = self.attribution
        return {
            "lines": [self.start, self.end],
            "name": self.name,
            "family": told.family,
            "confidence": told.confidence,
            "ai_probability": told.ai_probability,
            "reason": told.reason,
        }


@dataclass(frozen=True, slots=True)
class FileParts:
    """What a user gets for one file in parts.

    `by` says how it was cut in the end: "function", or "window", also where no function was found.
    `whole` is the answer for the file as one; where its status is not "ok" there are no parts.
    `verdict` is "mixed", "pure" or "unknown", `mixed_probability` how likely people and models both
    wrote in it, before anything is known of the file, half of all files being mixed; None with
    fewer than two parts, or a model without a human class. `left_out` are the spans of lines that
    are not blank and in no part: too little code between functions.
    """

    by: str
    whole: Attribution
    verdict: str = UNKNOWN
    mixed_probability: float | None = None
    parts: tuple[PartAttribution, ...] = ()
    left_out: tuple[tuple[int, int], ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the JSON contract: that of `Attribution` for the file, and its parts."""
        return self.whole.to_dict() | {
            "by": self.by,
            "verdict": self.verdict,
            "mixed_probability": self.mixed_probability,
            "parts": [part.to_dict() for part in self.parts],
            "left_out": [list(span) for span in self.left_out],
        }
