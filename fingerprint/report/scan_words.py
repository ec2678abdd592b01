"""A scan in words: what was found, what it stands on, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint.scanning.kinds import AUTOMATION, BEFORE, DECLARED, UNDECLARED
from fingerprint.scanning.record import Group, Scan, not_human
from fingerprint_models.prevalence import FEWEST

KIND_NAMES = {
    DECLARED: "declares an agent",
    AUTOMATION: "other automation",
    UNDECLARED: "undeclared",
    BEFORE: "before assistants",
}
_NAMED = 4


def percent(share: float) -> str:
    """Return a share as people read it; what is not nothing never reads 0 %."""
    if 0 < share < 0.005:
        return "<1 %"
    return ">99 %" if 0.995 < share < 1 else f"{100 * share:.0f} %"


def interval(low: float, high: float) -> str:
    """Return the ends of an interval."""
    return f"{100 * low:.0f}–{100 * high:.0f} %"


def number(count: int, thing: str = "") -> str:
    """Return a count with its thing in the right number."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}" if thing else f"{count:,}"


def headline(scan: Scan) -> str:
    """Return the one sentence that stands above all else."""
    whole = scan.whole
    if not whole.all.commits:
        return "There are no commits to tell anything about"
    if not whole.since.commits:
        return "All of this history is from before there were assistants"
    declares = whole.kinds[DECLARED]
    if not declares.commits:
        return "No commit since June 2021 declares an agent"
    return f"{percent(declares.of(whole.since)[0])} of the commits since June 2021 declare an agent"


def verdict(scan: Scan) -> Iterator[str]:
    """Yield what was found, the sentences that matter most first."""
    whole = scan.whole
    if scan.missing:
        yield f"Incomplete: {scan.missing}. All that follows is about the part that was read."
    if scan.shallow:
        yield "Incomplete: this is a shallow clone; commits before its edge cannot be seen."
    if whole.since.commits:
        yield _declares(whole)
        yield _rest(whole)
        if scan.model is not None:
            yield from _estimated(scan)
    if before := whole.kinds[BEFORE].commits:
        yield f"{_are(before, 'commit')} from before June 2021, when there were no assistants."
    if scan.conflicts_found:
        yield (
            f"By style, {scan.conflicts_found:,} of {scan.checked:,} declared commits that were "
            "looked at are, to the model at its strictest, like somebody else's."
        )


def limits(scan: Scan) -> Iterator[str]:
    """Yield how the figures came about, and what they cannot tell."""
    yield (
        "Declared: trailers, bot accounts, notes and session links in the commits, counted one by "
        "one. Markers get lost by squashing and rebasing, and anybody can write one."
    )
    yield "Undeclared means that nobody said. It is never counted as human."
    yield from _method(scan)
    yield (
        f"Merges ({scan.merges:,}, of which {scan.merges_declared:,} declare an agent) are in no "
        "share. Other automation is what accounts of programs wrote that are no language model."
    )
    lines = (
        f"Added lines are those of files that people write: {scan.lines_left_out:,} lines of lock "
        "files, generated and vendored ones are left out. A declared commit's lines count whole, "
        "though a person may have typed some."
    )
    if scan.mixed:
        lines += f" {_are(scan.mixed, 'declared commit')} by several hands, as far as they tell."
    yield lines
    yield "A commit counts in each directory it touches. Months are those of the committer."
    if scan.no_diff:
        yield f"{_are(scan.no_diff, 'commit')} without a diff at hand; their lines are not counted."


def _method(scan: Scan) -> Iterator[str]:
    if scan.model is None:
        yield "Nothing was inferred: no model was asked."
        return
    yield (
        f"The estimate: {scan.model.name} {scan.model.version} looked at "
        f"{number(scan.whole.sampled, 'undeclared commit')} (of "
        f"{scan.whole.kinds[UNDECLARED].commits:,}; drawn at random with seed {scan.seed}, spread "
        "evenly over the months), its mean answer was corrected for how it errs on known authors "
        "(adjusted probabilistic count), and the interval is a bootstrap over commits and over "
        f"that correction. Below {FEWEST} of them a month, or anything else, has no "
        "estimate; a larger sample gives one to more."
    )
    yield (
        "It assumes that the known authors here write as they do elsewhere. Agents that the model "
        "does not know cannot be seen, and single commits must not be judged by it."
    )


def _declares(whole: Group) -> str:
    since, declares = whole.since, whole.kinds[DECLARED]
    of_commits, of_lines = declares.of(since)
    if not declares.commits:
        return f"None of {number(since.commits, 'commit')} since June 2021 declares an agent."
    names = [
        f"{name} {count.commits:,} ({percent(count.of(since)[0])})"
        for name, count in list(whole.agents.items())[:_NAMED]
    ]
    more = len(whole.agents) - _NAMED
    names += [f"{more} more"] if more > 0 else []
    return (
        f"Of {number(since.commits, 'commit')} since June 2021, merges aside, "
        f"{declares.commits:,} ({percent(of_commits)}) declare an agent, with {percent(of_lines)} "
        f"of the added lines: {', '.join(names)}."
    )


def _rest(whole: Group) -> str:
    rest, robots = whole.kinds[UNDECLARED], whole.kinds[AUTOMATION]
    text = (
        f"{rest.commits:,} ({percent(rest.of(whole.since)[0])}) declare nothing, which does not "
        "make them human."
    )
    if robots.commits:
        text += f" {robots.commits:,} are by other automation."
    return text


def _estimated(scan: Scan) -> Iterator[str]:
    whole = scan.whole
    found, rest = whole.by_agents, whole.kinds[UNDECLARED].commits
    if found is None:
        if rest:
            yield f"Too few undeclared commits ({whole.sampled}) to estimate who wrote them."
        return
    share, low, high = found
    yield (
        f"Of the undeclared commits since April 2023 an estimated {percent(share)} "
        f"({interval(low, high)}) look like those of agents that the model knows, going by "
        f"{whole.sampled:,} of them."
    )
    yield from _compared(scan)
    if not scan.stands_out:
        return
    sure, since = whole.kinds[DECLARED].commits, whole.since.commits
    ends = ((sure + rest * low) / since, (sure + rest * high) / since)
    yield f"Declared and estimated together that would be {interval(*ends)} of the commits."


def _compared(scan: Scan) -> Iterator[str]:
    found = not_human(scan.control)
    if found is None or scan.control is None:
        yield (
            "Too little here is from before there were agents to hold this against. People's style "
            "differs: in redis the same estimate would give agents more than half of the commits "
            "of 2021 to early 2023, when there were none. Read it as resemblance, not as a share."
        )
        return
    share, low, high = found
    yield (
        f"For comparison: of {scan.control.n:,} commits from before there were agents the same "
        f"estimate gives {percent(share)} ({interval(low, high)}) to agents, where the truth is "
        f"none.{'' if scan.stands_out else ' The two may well be the same: it is no finding.'}"
    )


def _are(count: int, thing: str) -> str:
    return f"{number(count, thing)} {'is' if count == 1 else 'are'}"
