"""The champion of a retraining: a model that stands, and what its folder says of its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from fingerprint_models.model import Model
from fingerprint_models.reference_sample import ReferenceSample
from fingerprint_training import recipe as recipes


class RetrainingError(ValueError):
    """A champion and a recipe do not go together; the message says what does."""


def owner_of(source: str) -> str:
    """Return OWNER of a source OWNER/NAME, else the source: repositories of one owner are kin."""
    return source.split("/", maxsplit=1)[0]


@dataclass(frozen=True)
class Champion:
    """A model that was trained by a recipe, and can be gone on from."""

    model: Model

    @property
    def name(self) -> str:
        """NAME-VERSION."""
        return f"{self.model.id.name}-{self.model.id.version}"

    @cached_property
    def sources(self) -> frozenset[str]:
        """Sources of the samples it was trained on."""
        corpus = self.model.figures["corpus"]
        assert isinstance(corpus, Mapping)  # noqa: S101 - `champion_of` looked
        return frozenset(corpus["source"])

    @cached_property
    def owners(self) -> frozenset[str]:
        """Owners of these sources."""
        return frozenset(map(owner_of, self.sources))

    @cached_property
    def rounds(self) -> int:
        """Trees of each class, all rounds of all trainings together."""
        return self.model.booster.text.count("\nTree=") // len(self.model.classes)

    @cached_property
    def sample(self) -> ReferenceSample:
        """Samples of its training with answers of heads that did not see their source."""
        sample = self.model.reference_sample
        assert sample is not None  # noqa: S101 - `champion_of` looked
        return sample

    def recipe(self, like: recipes.Recipe) -> recipes.Recipe:
        """Return `like` with the settings that the champion's columns and trees were fitted by."""
        stored: Any = self.model.figures["recipe"]
        found = {
            name: recipes.section_from(recipes.SECTIONS[name], stored.get(name, {}))
            for name in ("lexicon", "booster", "transfer", "augmentation")
        }
        found["booster"] = replace(found["booster"], rounds=self.rounds)
        return replace(like, seed=stored["seed"], **found)


def champion_of(model: Model, recipe: recipes.Recipe) -> Champion:
    """Return a model as the champion that a recipe challenges.

    Raises RetrainingError where its folder does not say how and on what it was trained, holds no
    reference sample or enrolled classes, or has the name and version of the recipe.
    """
    corpus, stored = (model.figures.get(name) for name in ("corpus", "recipe"))
    called = f"model {model.id.name} {model.id.version}"
    if not (isinstance(corpus, Mapping) and isinstance(corpus.get("source"), Mapping)):
        raise RetrainingError(f"{called} does not say what it was trained on: train it anew")
    if not (isinstance(stored, Mapping) and "seed" in stored):
        raise RetrainingError(f"{called} does not say how it was trained: train it anew")
    if model.enrolment.names:
        raise RetrainingError(
            f"{called} has enrolled classes ({', '.join(model.enrolment.names)}): name the model "
            "that they were enrolled in, and give the recipe a corpus of theirs"
        )
    if not model.sample:
        raise RetrainingError(
            f"{called} holds no reference sample, and what a challenger loses could not be seen: "
            "train it anew with this version of the package, by its own recipe"
        )
    if (recipe.name, recipe.version) == (model.id.name, model.id.version):
        raise RetrainingError(
            f"the recipe makes {recipe.name} {recipe.version}, which is the champion's name and "
            "version: raise `version`"
        )
    return Champion(model)
