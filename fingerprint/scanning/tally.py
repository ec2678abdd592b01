"""Counting, commit by commit: nothing is kept but numbers and the markers' texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fingerprint.scanning.kinds import DECLARED, KINDS, MERGE, kind_of
from fingerprint.scanning.record import Count, Group, Marker
from fingerprint_features.activity.paths import is_written
from fingerprint_features.change import Change
from fingerprint_features.provenance import Kind
from fingerprint_models.declaration import Declaration

ROOT = "."
"""The directory of files that lie in none."""

OTHERS = "(others)"
MAX_DIRECTORIES = 2_000
"""Directories that are counted one by one; later ones go to `OTHERS`, to bound memory."""

MAX_TEXTS = 10_000
"""Marker texts that are counted at a time; above, the rarest half is dropped."""

LONGEST = 200
"""Characters of a marker's text that are kept."""

NO_DATE = "no date"
SEVERAL, UNNAMED, UNRESOLVED = "several agents", "unnamed agent", "unresolved"

_WROTE = (Kind.AUTHOR, Kind.CO_AUTHOR, Kind.WRAPPER)


@dataclass(frozen=True)
class Cell:
    """Commits and lines under (kind, ""), ("agent", name) and ("family", name)."""

    commits: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, labels: Iterable[tuple[str, str]], lines: int) -> None:
        """Count one commit under each label."""
        for label in labels:
            self.commits[label] += 1
            self.lines[label] += lines

    def group(self, name: str) -> Group:
        """Return the counts as a record, agents and families by falling number of commits."""
        return Group(
            name=name,
            kinds={kind: self._count((kind, "")) for kind in KINDS},
            agents=self._named("agent"),
            families=self._named("family"),
        )

    def _count(self, label: tuple[str, str]) -> Count:
        return Count(self.commits[label], self.lines[label])

    def _named(self, space: str) -> Mapping[str, Count]:
        labels = [label for label in self.commits if label[0] == space]
        labels.sort(key=lambda label: (-self.commits[label], label[1]))
        return {label[1]: self._count(label) for label in labels}


@dataclass(frozen=True)
class Place:
    """Where a commit was counted: its kind, its month, and the directories it touches."""

    kind: str
    month: str
    directories: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """All counts of a scan. `other` counts merges, mixed declarations, and what has no diff."""

    depth: int
    whole: Cell = field(default_factory=Cell)
    months: dict[str, Cell] = field(default_factory=dict)
    directories: dict[str, Cell] = field(default_factory=dict)
    other: Counter[str] = field(default_factory=Counter)
    texts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, change: Change, declaration: Declaration | None) -> Place:
        """Count a commit and tell where."""
        kind, month = kind_of(change, declaration), month_of(change)
        self.other["commits"] += 1
        if declaration is not None:
            self._read_markers(declaration)
        if kind == MERGE:
            self.other["merges"] += 1
            self.other["merges_declared"] += declaration is not None
            return Place(kind, month, ())
        self.other["mixed"] += declaration is not None and declaration.mixed
        self.other["no_diff"] += change.files is None
        labels = _labels(kind, declaration)
        lines = self._lines(change)
        self.whole.add(labels, sum(lines.values()))
        self.months.setdefault(month, Cell()).add(labels, sum(lines.values()))
        for directory, added in lines.items():
            self.directories.setdefault(directory, Cell()).add(labels, added)
        return Place(kind, month, tuple(lines))

    def markers(self, most: int) -> tuple[Marker, ...]:
        """Return the texts that stand in most commits."""
        falling = sorted(self.texts.items(), key=lambda each: (-each[1], each[0]))
        return tuple(Marker(text, agent, count) for (text, agent), count in falling[:most])

    def _lines(self, change: Change) -> Counter[str]:
        """Count added lines by directory; a directory with none is touched all the same."""
        lines: Counter[str] = Counter()
        for file in change.files or ():
            name = directory_of(file.path, self.depth)
            room = len(self.directories) + len(lines) < MAX_DIRECTORIES
            known = room or name in self.directories or name in lines
            added = file.added or 0
            written = is_written(file.path)
            lines[name if known else OTHERS] += added if written else 0
            self.other["lines_left_out"] += 0 if written else added
        return lines

    def _read_markers(self, declaration: Declaration) -> None:
        wrote = {
            (finding.evidence[:LONGEST], finding.agent or UNNAMED)
            for finding in declaration.evidence
            if finding.kind in _WROTE
        }
        self.texts.update(wrote)
        if len(self.texts) > MAX_TEXTS:
            for text, _ in self.texts.most_common()[MAX_TEXTS // 2 :]:
                del self.texts[text]


def month_of(change: Change) -> str:
    """Return the month of the committer's clock, in the committer's zone."""
    when = change.committed
    return NO_DATE if when is None else f"{when.year:04}-{when.month:02}"


def directory_of(path: str, depth: int) -> str:
    """Return the first `depth` folders of a path, `ROOT` where it has none."""
    return "/".join(path.split("/")[:-1][:depth]) or ROOT


def _labels(kind: str, declaration: Declaration | None) -> list[tuple[str, str]]:
    labels = [(kind, "")]
    if kind == DECLARED and declaration is not None:
        vague = SEVERAL if len(declaration.agents) > 1 else UNNAMED
        labels.append(("agent", declaration.agent or vague))
        labels.append(("family", declaration.family or UNRESOLVED))
    return labels
