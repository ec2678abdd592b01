"""A corpus as plain lists, for rules that compare samples with one another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rows:
    """Aligned lists, one entry a sample: the code as the rules so far left it, and its labels."""

    codes: list[str]
    languages: list[str | None]
    labels: list[str]
    models: list[str | None]
    sources: list[str]
    tasks: list[str]

    def without(self, dropped: set[int]) -> Rows:
        """Return the rows whose position is not in `dropped`."""
        kept = [place for place in range(len(self.codes)) if place not in dropped]
        return Rows(
            [self.codes[place] for place in kept],
            [self.languages[place] for place in kept],
            [self.labels[place] for place in kept],
            [self.models[place] for place in kept],
            [self.sources[place] for place in kept],
            [self.tasks[place] for place in kept],
        )
