"""Answers for files together: those of each directory or language, and all of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fingerprint_models.attribution import Attribution

if TYPE_CHECKING:
    from fingerprint_models.model import Model
    from fingerprint_models.pooling import PooledAttribution


@dataclass(frozen=True, slots=True)
class FilePools:
    """What is pooled: files by directory or language (`by`, None for neither), and all of them."""

    by: str | None
    kept: list[Attribution] = field(default_factory=list)

    def filled(self, answers: Iterable[Attribution]) -> Iterator[Attribution]:
        """Yield the answers, having kept of each what pooling needs."""
        for answer in answers:
            self.kept.append(replace(answer, prediction_set=(), evidence=()))
            yield answer

    def answers(self, model: Model, mode: str) -> Iterator[PooledAttribution]:
        """Yield one answer a directory or language, in order of appearance; then that of all."""
        if self.by is not None:
            yield from model.pool(self.kept, by=self.by, mode=mode)
        yield from model.pool(self.kept, mode=mode)
