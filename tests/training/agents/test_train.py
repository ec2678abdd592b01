"""The road of an agent model, on tables of three agents with manners of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fingerprint_features.change import Change, Identity
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.change_parts import AT_HAND
from fingerprint_training.agents.recipe import is_agent_recipe, load_agent_recipe
from fingerprint_training.agents.train import train_agents
from fingerprint_training.errors import TooFewSamplesError
from fingerprint_training.strict_toml import RecipeError

RECIPE = """
kind = "agent"
name = "tiny"
version = "0.1.0"
classes = ["codex", "human", "devin"]
changes = ["commits.parquet"]
pull_requests = ["requests.parquet"]
single_commit = 3
folds = 2
test = 0.3

[booster]
rounds = 8
leaves = 4
min_data_in_leaf = 5
"""


@pytest.fixture
def recipe(tmp_path: Path, commits: Path, requests: Path) -> Path:
    assert commits.parent == requests.parent == tmp_path
    path = tmp_path / "agent.toml"
    path.write_text(RECIPE)
    return path


def run(recipe: Path, out: Path, cache: Path | None = None) -> str:
    silent = lambda message: None  # noqa: E731, ARG005
    return train_agents(load_agent_recipe(recipe), out, cache=cache, workers=1, log=silent)


def test_a_model_comes_out_that_tells_manners_apart(recipe: Path, tmp_path: Path) -> None:
    """The folder loads, tells three manners apart, and says how it did on unseen owners."""
    cache = tmp_path / "cache"
    first = run(recipe, tmp_path / "model", cache)
    model = AgentModel.load(tmp_path / "model")
    assert model.classes == ("human", "codex", "devin")
    assert set(model.blends) == set(AT_HAND)
    changes = [
        Change("Add parser for rows\n\n## Summary\n- add parser\n- cover edge cases"),
        Change("feat: add parser\n\nThis PR adds a parser.\n\n## Changes Made\n* parser"),
        Change("fix it again\n\nsee the list, thanks"),
    ]
    answers = model.predict_changes(changes, mode="best-guess", explain=True)
    assert [a.inferred.raw_agent for a in answers if a.inferred] == ["codex", "devin", "human"]
    assert all(a.inferred and a.inferred.evidence for a in answers)
    parts = {(part["protocol"], part["part"]) for part in model.figures["parts"]}  # type: ignore[attr-defined]
    assert ("repositories", "commits") in parts
    assert ("repositories", "pull requests") in parts
    assert ("developers", "commits") in parts
    assert any(name.startswith("repositories, tier") for name, _ in parts)
    assert any(name.startswith("trained to") for name, _ in parts)
    assert "F1 by class" in model.card
    kept = model.reference_sample
    assert kept is not None
    assert set(kept.language) == {"python", "pull request"}
    assert np.isfinite(kept.values).all()
    assert kept.values.shape == (len(kept), kept.dense)
    right = kept.probabilities.argmax(axis=1) == kept.truth
    assert right.mean() > 0.9, "answers stand beside the changes that they are of"
    assert run(recipe, tmp_path / "again", cache) == first, "a cached run gives the same folder"
    _marker_is_no_style(model)
    _more_changes_are_surer(model)


def _marker_is_no_style(model: AgentModel) -> None:
    """Show that a trailer changes what is declared, not what is inferred."""
    plain = Change("Speed up the reader\n\nIt was slow.", author=Identity("A", "a@b.c"))
    marked = Change(
        "Speed up the reader\n\nIt was slow.\n\nCo-Authored-By: Claude <noreply@anthropic.com>",
        author=Identity("A", "a@b.c"),
    )
    without, with_marker = model.predict_changes([plain, marked])
    assert without.declared is None
    assert with_marker.declared is not None
    assert with_marker.declared.agent == "claude-code"
    assert without.inferred == with_marker.inferred


def _more_changes_are_surer(model: AgentModel) -> None:
    """Show that ten changes of one manner are not less sure than one, and a distribution."""
    text = "Add parser for rows\n\n## Summary\n- add parser\n- cover edge cases"
    answers = model.predict_changes([Change(text)] * 10)
    pooled = model.pool(answers)
    assert pooled.changes == 10
    assert pooled.inferred is not None
    assert answers[0].inferred is not None
    assert np.isclose(sum(pooled.inferred.probabilities.values()), 1.0)
    assert pooled.inferred.raw_confidence >= answers[0].inferred.raw_confidence - 1e-9
    with pytest.raises(ValueError, match="nothing to pool"):
        model.pool([])


def test_an_empty_change_has_a_status(recipe: Path, tmp_path: Path) -> None:
    """Where nothing is left to measure there is no inferred answer, but what is declared stays."""
    run(recipe, tmp_path / "model")
    model = AgentModel.load(tmp_path / "model")
    bot = Identity(
        "devin-ai-integration[bot]", "158243242+devin-ai-integration[bot]@users.noreply.github.com"
    )
    found = model.predict_change(Change("", files=(), author=bot))
    assert found.status == "empty"
    assert found.inferred is None
    assert found.declared is not None
    assert found.declared.agent == "devin"
    short = model.predict_change(Change("wip"))
    assert short.inferred is not None
    assert (short.inferred.agent, short.inferred.reason) == ("unknown", "too_short")
    with pytest.raises(ValueError, match="mode must be one of"):
        model.predict_change(Change("x"), mode="loud")


def test_a_class_without_changes_is_an_error_that_names_it(recipe: Path, tmp_path: Path) -> None:
    """A class that the material lacks is told before anything is fitted."""
    recipe.write_text(RECIPE.replace('"devin"]', '"devin", "jules"]'))
    with pytest.raises(TooFewSamplesError, match="jules 0"):
        run(recipe, tmp_path / "model")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"human", ', "", "classes lack 'human'"),
        ("folds = 2", "fold = 2", "is 'folds' meant"),
        ('changes = ["commits.parquet"]', 'changes = ["gone.parquet"]', r"gone\.parquet"),
        ("rounds = 8", "rounds = 0", "booster.rounds"),
    ],
)
def test_a_wrong_recipe_names_its_key(recipe: Path, old: str, new: str, told: str) -> None:
    """The error says which key is wrong."""
    assert is_agent_recipe(recipe)
    recipe.write_text(RECIPE.replace(old, new))
    with pytest.raises(RecipeError, match=told):
        load_agent_recipe(recipe)


def test_agents_outside_the_classes_are_what_unknown_is_measured_on(
    recipe: Path, tmp_path: Path
) -> None:
    """Commits of an agent of the open set teach nothing, and how they are answered is told."""
    recipe.write_text(
        RECIPE.replace('"human", "devin"]', '"human"]\nopen_set = ["devin"]').replace(
            'pull_requests = ["requests.parquet"]\n', ""
        )
    )
    run(recipe, tmp_path / "model")
    model = AgentModel.load(tmp_path / "model")
    assert model.classes == ("human", "codex")
    found = model.figures["open_set"]
    assert found["agents"]["devin"]["changes"] == 60  # type: ignore[index]
    assert "Agents that it does not know" in model.card
    pull_request = Change("Add parser\n\n## Summary\n- add parser", kind="pull_request")
    assert model.predict_change(pull_request).inferred is not None
