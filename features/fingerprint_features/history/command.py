"""The options of the one `git log` that reads a history; all that could vary is pinned."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

NOTES = "refs/notes/ai"  # where git-ai keeps its authorship logs

_FIELDS = "%x00".join(["%H", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"])

_LOG = (
    "--encoding=UTF-8",
    "--no-color",
    "--no-decorate",
    "--no-mailmap",
    "--no-show-signature",
    "--no-abbrev-commit",
    "--no-notes",
)
# Counts differ between machines where one of these is left to configuration.
_DIFF = (
    "--raw",
    "--patch",
    "--no-abbrev",
    "--full-index",
    "--root",
    "--diff-merges=off",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--unified=0",
    "--inter-hunk-context=0",
    "--find-renames=50%",
    "--find-copies=50%",
    "-l1000",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--submodule=short",
    "--ignore-submodules=none",
    "-O/dev/null",
)


def log_options(
    mark: str,
    *,
    diffs: bool,
    notes: bool,
    since: date | None,
    until: date | None,
    skip: int,
    count: int,
) -> list[str]:
    """Return the options under which git prints `MARK fields MARK notes MARK diff` of each commit.

    The fields are id, parents, name, mailbox and time of author and of committer, and message,
    with NUL between them. `mark` must be text that no repository can hold: draw it at random. The
    first `skip` commits are passed over, then `count` are told, -1 for all.
    """
    options = [*_LOG, f"--format={mark}{_FIELDS}{mark}{'%N' if notes else ''}{mark}"]
    options += [f"--skip={skip}", f"--max-count={count}"]
    options += _DIFF if diffs else ("--no-patch",)
    if notes:
        options.append(f"--notes={NOTES}")
    if since:
        options.append(f"--since={_instant(since)}")
    if until:
        options.append(f"--until={_instant(until)}")
    return options


def _instant(day: date) -> str:
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
