"""The data card of a mined corpus: what is in it, what is not, and what may be done with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from fingerprint_training.mining.merge import Tally
from fingerprint_training.mining.settings import ALL_REFS, Settings

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SIZE_NAMES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M")

FRONT = """---
pretty_name: {name}
license: other
license_name: per-repository
size_categories:
- {size}
task_categories:
- text-classification
tags:
- code
- authorship attribution
- code stylometry
- mined
annotations_creators:
- machine-generated
source_datasets:
- original
---

# {title}

{samples} code samples and {changes} changes out of {repositories} repositories, mined with
`fingerprint mine`.

> **Do not redistribute.** The texts belong to the authors of the repositories and stand under the
> licences below, which differ; names of people stand in messages and comments. Share the list of
> repositories and their heads instead: whoever has the clones gets the same files. What is learnt
> from them, and figures, may be shared as far as the licences let you.
"""

LABELS = """## Labels

A label is what a commit **declares**: a trailer, a bot's identity, a note. `label` is the family of
the model, `agent_label` the tool that ran it.

- `human`: no declaration, and both dates of the commit lie before 1 June 2021, a month before the
  first public assistant. Either date can be set at will.
- `undeclared`: no declaration, and later. That is no proof of a person: leave it out of training
  (`exclude_labels`), or use it as unlabelled.
- `unresolved`: an agent took part, and its model's family is not known.
- Merges, commits of several agents or people, reverts and cherry-picks are changes here, but give
  no samples. A declaration says "took part": people edit before they commit.

**Markers**: the column `text` of the changes is the message without them; `message`, as written,
gives the label away. Code may hold markers in comments; `fingerprint train` cleans them out.
"""

LIMITS = """## Limits

- Samples are drawn evenly from each repository's history within the caps, so that none drowns the
  others; shares of labels say nothing about how common agents are.
- Family and repository are confounded: split by `source`, not by rows.
- A change keeps its first 400 changed lines; counts are whole.
- Squash merges and edits by hand hide who wrote which line.

## Personal data

`author` and `committer` are digests of mailboxes: pseudonyms, which keep developers apart in a
split, not anonymity. Messages, markers and comments are as people wrote them.
"""


def card(name: str, tallies: Sequence[Tally], settings: Settings, missing: Sequence[str]) -> str:
    """Return the card as Markdown; the same corpus gives the same text."""
    samples = sum(tally.samples.total() for tally in tallies)
    head = FRONT.format(
        name=json.dumps(name, ensure_ascii=False),
        title=name,
        size=SIZE_NAMES[sum(samples >= size for size in SIZES)],
        samples=f"{samples:,}",
        changes=f"{sum(tally.changes for tally in tallies):,}",
        repositories=len(tallies),
    )
    parts = [head, _settings(settings), LABELS, _figures(tallies), _repositories(tallies)]
    return "\n".join([*parts, _left_out(tallies, missing), LIMITS])


def _settings(settings: Settings) -> str:
    refs = "all refs" if settings.revision == ALL_REFS else f"`{settings.revision}`"
    days = f"since {settings.since or 'the beginning'}, until {settings.until or 'the end'}"
    return (
        f"Read: {refs}, {days}, {settings.only} changes; at most {settings.samples_per_change} "
        f"samples a change and {settings.per_repository} a repository, agent, label and language.\n"
    )


def _figures(tallies: Sequence[Tally]) -> str:
    samples: Counter[tuple[str, str, str]] = Counter()
    variants: Counter[str] = Counter()
    for tally in tallies:
        samples += tally.samples
        variants += tally.variants
    sections = ["## Samples\n"]
    for title, place in (("label", 0), ("agent", 1), ("language", 2)):
        counts: Counter[str] = Counter()
        for names, count in samples.items():
            counts[names[place]] += count
        sections.append(_table((title, "samples"), _sorted(counts)))
    sections.append(_table(("kind", "samples"), _sorted(variants)))
    cross: Counter[tuple[str, str]] = Counter()
    for (label, _, language), count in samples.items():
        cross[label, language] += count
    rows = [(*names, f"{count:,}") for names, count in sorted(cross.items())]
    sections.append(_table(("label", "language", "samples"), rows))
    return "\n".join(sections)


def _repositories(tallies: Sequence[Tally]) -> str:
    rows = [
        (
            tally.state.name,
            tally.state.licence or "none found",
            f"`{(tally.state.head or 'none')[:12]}`",
            f"{tally.first} – {tally.last}" if tally.first else "–",
            f"{tally.changes:,}",
            f"{tally.samples.total():,}",
            ", ".join(f"{name} {count:,}" for name, count in sorted(tally.agents.items())),
        )
        for tally in tallies
    ]
    head = ("repository", "licence", "head", "commits of", "changes", "samples", "changes by agent")
    return "## Repositories\n\n" + _table(head, rows)


def _left_out(tallies: Sequence[Tally], missing: Sequence[str]) -> str:
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts += Counter(tally.state.left_out)
        counts["changes: an earlier repository has them"] += tally.repeated
    counts = +counts
    lines = ["## Left out\n", _table(("what", "count"), sorted(_sorted(counts)))]
    shallow = [tally.state.name for tally in tallies if tally.state.shallow]
    if shallow:
        lines.append(f"Shallow clones, whose history was cut off: {', '.join(shallow)}.\n")
    lines += [f"- **Missing**: {each}" for each in missing]
    return "\n".join(lines) + ("\n" if missing else "")


def _sorted(counts: Counter[str]) -> list[tuple[str, str]]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(name, f"{count:,}") for name, count in ordered]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
