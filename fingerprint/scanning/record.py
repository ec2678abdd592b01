"""What a scan finds, in frozen records: counts as they are, and the estimate beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fingerprint.scanning.kinds import BEFORE, KINDS
from fingerprint_models.attribution import ModelId
from fingerprint_models.prevalence import FEWEST, Shares

HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Count:
    """Commits, and the lines that they add to files that people write."""

    commits: int = 0
    lines: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.commits + other.commits, self.lines + other.lines)

    def of(self, whole: Count) -> tuple[float, float]:
        """Return its shares of the commits and of the lines of a whole; 0 of nothing."""
        return (
            self.commits / whole.commits if whole.commits else 0.0,
            self.lines / whole.lines if whole.lines else 0.0,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """The commits of a month, a year, a directory, or all; merges are no part of it.

    `kinds` has a count for each of `kinds.KINDS`; `agents` and `families` part the declared ones.
    `estimate` tells what the undeclared ones look like, out of `sampled` of them; None: too few.
    """

    name: str
    kinds: Mapping[str, Count]
    agents: Mapping[str, Count]
    families: Mapping[str, Count]
    sampled: int = 0
    estimate: Shares | None = None

    @property
    def all(self) -> Count:
        """All commits of the group."""
        return sum(self.kinds.values(), Count())

    @property
    def since(self) -> Count:
        """What shares are shares of: all but the commits from before there were assistants."""
        return sum((self.kinds[kind] for kind in KINDS if kind != BEFORE), Count())

    @property
    def by_agents(self) -> tuple[float, float, float] | None:
        """The estimated share of undeclared commits by agents that the model knows.

        With the ends of its interval; None where there is no estimate.
        """
        return not_human(self.estimate)

    def to_dict(self) -> dict[str, object]:
        """Return the group as JSON knows it."""
        since = self.since
        return {
            "name": self.name,
            "commits": self.all.commits,
            "added_lines": self.all.lines,
            "kinds": {kind: _count(count) for kind, count in self.kinds.items()},
            "declared_agents": {n: _count(c, since) for n, c in self.agents.items()},
            "declared_families": {n: _count(c, since) for n, c in self.families.items()},
            "undeclared_estimate": _estimate(self.sampled, self.estimate),
        }


def not_human(shares: Shares | None) -> tuple[float, float, float] | None:
    """Return the share of all classes but human and its interval; None where nothing is known."""
    if shares is None or HUMAN not in shares.classes:
        return None
    at = shares.classes.index(HUMAN)
    return 1.0 - shares.share[at], 1.0 - shares.high[at], 1.0 - shares.low[at]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A commit that declares one author and, by its style, looks like another's."""

    sha: str
    title: str
    declared: str
    inferred: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Marker:
    """A text, exactly as it stands in commits, that declares an agent."""

    text: str
    agent: str
    commits: int


@dataclass(frozen=True, slots=True)
class Scan:
    """One history: `whole`, and the same by year, month and directory.

    `lines_left_out` are added lines of lock files and of generated and vendored ones; `no_diff`
    counts commits whose diff is not at hand. `checked` declared commits were asked for conflicts.
    `control` is the estimate for commits from before there were agents, where only "human" is true:
    how far it is from that tells how far to trust the others. `missing` says where and why the
    history breaks off, None where it does not. `model` is None where nothing was to be inferred.
    """

    repository: str
    revision: str
    since: str | None
    until: str | None
    depth: int
    seed: int
    whole: Group
    years: tuple[Group, ...]
    months: tuple[Group, ...]
    directories: tuple[Group, ...]
    merges: int
    merges_declared: int
    mixed: int
    no_diff: int
    lines_left_out: int
    checked: int
    conflicts_found: int
    conflicts: tuple[Conflict, ...]
    markers: tuple[Marker, ...]
    shallow: bool
    missing: str | None
    model: ModelId | None
    control: Shares | None = None

    @property
    def stands_out(self) -> bool:
        """Tell whether the estimate of all is above what the same estimate makes of the control.

        False where there is no control: then nothing vouches for the estimate.
        """
        found, control = self.whole.by_agents, not_human(self.control)
        return found is not None and control is not None and found[1] > control[2]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON contract of `fingerprint scan --json`: plain types only."""
        model = {"name": self.model.name, "version": self.model.version} if self.model else None
        return {
            "repository": self.repository,
            "revision": self.revision,
            "since": self.since,
            "until": self.until,
            "complete": self.missing is None and not self.shallow,
            "missing": self.missing,
            "shallow": self.shallow,
            "all": self.whole.to_dict(),
            "years": [group.to_dict() for group in self.years],
            "months": [group.to_dict() for group in self.months],
            "directory_depth": self.depth,
            "directories": [group.to_dict() for group in self.directories],
            "estimate_stands_out": self.stands_out,
            "before_estimate": _estimate(self.control.n if self.control else 0, self.control),
            "merges": self.merges,
            "merges_declared": self.merges_declared,
            "declared_mixed": self.mixed,
            "commits_without_diff": self.no_diff,
            "lines_left_out": self.lines_left_out,
            "conflicts": {
                "checked": self.checked,
                "found": self.conflicts_found,
                "top": [
                    {
                        "commit": each.sha,
                        "title": each.title,
                        "declared": each.declared,
                        "inferred": each.inferred,
                        "confidence": each.confidence,
                    }
                    for each in self.conflicts
                ],
            },
            "evidence": [
                {"text": each.text, "agent": each.agent, "commits": each.commits}
                for each in self.markers
            ],
            "seed": self.seed,
            "model": model,
        }


def _estimate(sampled: int, shares: Shares | None) -> dict[str, object]:
    if shares is None:
        return {"sampled": sampled, "too_few": sampled < FEWEST, "classes": None}
    rows = zip(shares.classes, shares.share, shares.low, shares.high, strict=True)
    classes = {name: {"share": s, "low": low, "high": high} for name, s, low, high in rows}
    return {"sampled": sampled, "too_few": False, "classes": classes}


def _count(count: Count, whole: Count | None = None) -> dict[str, object]:
    told: dict[str, object] = {"commits": count.commits, "added_lines": count.lines}
    if whole is not None:
        of_commits, of_lines = count.of(whole)
        told |= {"share_of_commits": of_commits, "share_of_added_lines": of_lines}
    return told
