"""Answers for changes together: all of a run, and those of each author."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fingerprint.changes import Found
from fingerprint_features.change import Identity
from fingerprint_models.change_attribution import ChangeAttribution

if TYPE_CHECKING:
    from fingerprint_models.agent_model import AgentModel


@dataclass(frozen=True, slots=True)
class Pools:
    """What is pooled: all changes (`whole`), and those of each author (`by_author`).

    Authors are told apart by mailbox, or by name where they have none. Only what is pooled is kept.
    """

    whole: bool
    by_author: bool
    everything: list[ChangeAttribution] = field(default_factory=list)
    authors: dict[str, tuple[str, list[ChangeAttribution]]] = field(default_factory=dict)

    def filled(
        self, answers: Iterable[tuple[Found, ChangeAttribution]]
    ) -> Iterator[ChangeAttribution]:
        """Yield the answers, having kept those of changes that could be read."""
        for found, answer in answers:
            if found.change is not None:
                self._keep(found.change.author, answer)
            yield answer

    def answers(self, model: AgentModel, mode: str) -> Iterator[ChangeAttribution]:
        """Yield one answer an author, `id` saying who, in order of appearance; then that of all."""
        for name, kept in self.authors.values():
            yield replace(model.pool(kept, mode=mode), id=name)
        if self.everything:
            yield model.pool(self.everything, mode=mode)

    def _keep(self, author: Identity | None, answer: ChangeAttribution) -> None:
        inferred = replace(answer.inferred, evidence=()) if answer.inferred else None
        slim = replace(answer, inferred=inferred)  # the reasons of each are told already
        if self.whole:
            self.everything.append(slim)
        # A change that names no author cannot be believed to be by the same one as another.
        if self.by_author and author is not None:
            key = (author.email or author.name).casefold()
            self.authors.setdefault(key, (_shown(author), []))[1].append(slim)


def _shown(author: Identity) -> str:
    return f"{author.name} <{author.email}>" if author.email else author.name
