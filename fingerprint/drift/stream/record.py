"""What is told after each window of a stream."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fingerprint_models.attribution import ModelId

SCHEMA_VERSION = 1

TOGETHER = "together"
"""Name of the shift of all feature groups, answers and novelty taken together."""

LANGUAGES, WITHIN = "languages", "within_languages"
DETECTORS = (LANGUAGES, WITHIN)
"""What is watched: the mix of languages, and what the samples of each language are like."""

GUARANTEE = (
    "While all samples, reference and windows alike, are draws from one distribution, there is on "
    "average at most one false alarm in {false_alarms} windows: each of two detectors sums "
    "e-values of independent p-values and alarms at {threshold} (Shin, Ramdas and Rinaldo, 2022). "
    "Samples of a window that belong together, such as files of one repository, are no such "
    "draws: their coming and going is a change, and may be told as one."
)


@dataclass(frozen=True)
class Shift:
    """One thing that may have moved in a window.

    `what` is "group" (a feature group, "answers", "novelty" or `TOGETHER`), "answer" (a class that
    the model gives most chance) or "language" ("": none is known). `p_value` counts for how many of
    the same kind were looked at (least of them in each permutation: Westfall and Young, 1993).
    `share` is of the window, `before` of the samples before it; of answers, both are of the
    languages that those before have, in the window's proportions. None for groups.
    """

    what: str
    name: str
    p_value: float
    share: float | None = None
    before: float | None = None


@dataclass(frozen=True)
class Detector:
    """One of `DETECTORS` after a window.

    `level` is its Shiryaev-Roberts sum, which alarms at `threshold` and then begins anew. `since`
    is the window (from 1) with which a change most likely began, None where none seems likely.
    """

    name: str
    p_value: float
    e_value: float
    level: float
    threshold: float
    alarm: bool
    since: int | None


@dataclass(frozen=True)
class Past:
    """One earlier window, or this one: p-values, levels and alarms in the order of `DETECTORS`."""

    window: int
    samples: int
    p_values: tuple[float, ...]
    levels: tuple[float, ...]
    alarms: tuple[bool, ...]


@dataclass(frozen=True)
class Watched:
    """A stream after its latest window, which is number `windows` and had `samples` samples.

    `alarm` says whether a detector alarms now, `since` the estimated first window of that change
    (the earlier one where both alarm). `moved` is what moved in this window alone, at 5 % a kind:
    it describes, and no alarm hangs on it. `past` are the windows that the file still holds.
    """

    model: ModelId
    reference: str
    name: str
    windows: int
    samples: int
    false_alarms: int
    alarm: bool
    since: int | None
    detectors: tuple[Detector, ...]
    moved: tuple[Shift, ...]
    past: tuple[Past, ...]
    schema_version: int = SCHEMA_VERSION

    @property
    def raised(self) -> tuple[str, ...]:
        """Names of the detectors that alarm now."""
        return tuple(each.name for each in self.detectors if each.alarm)

    @property
    def guarantee(self) -> str:
        """What the rate of false alarms means, in words."""
        threshold = f"{self.detectors[0].threshold:g}"
        return GUARANTEE.format(false_alarms=self.false_alarms, threshold=threshold)

    def to_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return {**asdict(self), "raised": list(self.raised), "guarantee": self.guarantee}
