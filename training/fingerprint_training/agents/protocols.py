"""How an agent model does on owners, developers and months that its training never saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fingerprint_features.activity import registry
from fingerprint_features.activity.extract import ActivityFeatures
from fingerprint_features.provenance.strip import Tier
from fingerprint_models.agent_model import AgentModel
from fingerprint_models.booster import Booster
from fingerprint_models.decision import SHORT_LINES
from fingerprint_training.agents.fitted import Fitter
from fingerprint_training.agents.heads import fit_booster
from fingerprint_training.agents.material import AgentMaterial, balanced
from fingerprint_training.agents.measured import Measured
from fingerprint_training.agents.rows import Labelled
from fingerprint_training.assessment import Assessment
from fingerprint_training.errors import SplitError
from fingerprint_training.evaluation import ACCUSATION_LINES, assess
from fingerprint_training.predictions import Predictions
from fingerprint_training.split import group_folds

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

TIERS = (Tier.RAW, Tier.TRAILERS, Tier.MARKERS, Tier.NONE)
"""From nothing stripped to no text left; every model but those of the report is of MARKERS."""

BLOCKS: Mapping[str, tuple[str, ...]] = {"change shape": ("shape", "timing"), "code": ("code",)}
"""What is left of the columns in each ablation; text alone is a part of every protocol."""

COMMITS, REQUESTS = "commits", "pull requests"
PARTS = {COMMITS: "diff", REQUESTS: "pull_request", "pull requests of one commit": "pull_request"}
"""What has figures of its own, and what is at hand of it; the last are made of commits."""

POOLED = 10
"""Commits that are told together where pooling is measured."""

MANY_OWNERS = 5
"""Owners under which one account's commits of agents stand, from here on it is an agent's own."""

FEWEST = 30
"""A part of the test side with fewer changes has no figures of its own."""

TRAIN_SHARE = 0.6
"""Share of the agents' changes, the oldest, that the forward protocol trains on."""


@dataclass(frozen=True)
class Part:
    """Figures on one part of a test side."""

    protocol: str
    part: str
    assessment: Assessment

    def to_dict(self) -> dict[str, object]:
        """Return plain data."""
        return {"protocol": self.protocol, "part": self.part, **self.assessment.to_dict()}


@dataclass(frozen=True)
class Corpus:
    """Labelled changes, measured under each tier, with what the protocols split by."""

    rows: Sequence[Labelled]
    measured: Measured
    truth: IntArray
    hand: npt.NDArray[np.str_]
    classes: tuple[str, ...]

    @cached_property
    def owners(self) -> list[str]:
        """The owner of each change's repository."""
        return [row.owner for row in self.rows]

    def part(self, rows: IntArray, called: str) -> IntArray:
        """Return those of some changes that belong to one of `PARTS`."""
        single = np.array([self.rows[row].single for row in rows.tolist()], dtype=np.bool_)
        belongs = single == (called not in (COMMITS, REQUESTS))
        chosen: IntArray = rows[(self.hand[rows] == PARTS[called]) & belongs]
        return chosen

    def material(self, rows: IntArray, tier: Tier = Tier.MARKERS) -> AgentMaterial:
        """Return some of the changes as a model is fitted on them."""
        _, owner = np.unique(self.owners, return_inverse=True)
        _, stratum = np.unique([row.stratum for row in self.rows], return_inverse=True)
        return AgentMaterial(
            self.measured[tier].take(rows),
            self.truth[rows],
            owner[rows].astype(np.int64),
            stratum[rows].astype(np.int64),
            self.hand[rows],
            self.classes,
        )


def run(corpus: Corpus, fitter: Fitter) -> Iterator[Part]:
    """Yield the figures of every protocol; each test side is read once."""
    recipe = fitter.recipe
    labels = [row.stratum for row in corpus.rows]
    shares = [1 - recipe.test, recipe.test]
    side = group_folds(corpus.owners, labels, shares, recipe.seed, called="owners")
    train, test = np.flatnonzero(side == 0), np.flatnonzero(side == 1)
    fitter.log(f"protocol repositories: {len(train)} changes to train, {len(test)} to test")
    model = fitter.model(corpus.material(train))
    yield from _parts(corpus, model, test, "repositories")
    yield from _pooled(corpus, model, test)
    yield from _tiers(corpus, fitter, train, test)
    yield from _ablations(corpus, fitter, train, test)
    yield from _by_developer(corpus, fitter)
    yield from _forward(corpus, fitter)


def left_out(corpus: Corpus, model: AgentModel, answers: FloatArray) -> Iterator[Part]:
    """Yield figures of the answers that a model was calibrated on: validation, not a test.

    Rare classes are in them with all their changes, where a test side has a handful.
    """
    for called, hand in PARTS.items():
        rows = corpus.part(np.arange(len(answers)), called)
        if len(rows) >= FEWEST:
            found = predictions(corpus, model, rows, answers[rows], [hand] * len(rows))
            protocol = "validation: every owner left out in turn"
            yield Part(protocol, called, assess(found, group="source"))


def answer(corpus: Corpus, model: AgentModel, rows: IntArray) -> FloatArray:
    """Return a model's probabilities of some changes, each by itself."""
    features = corpus.measured[Tier.MARKERS].take(rows)
    return model.probabilities(features, corpus.hand[rows].tolist())


def predictions(
    corpus: Corpus,
    model: AgentModel,
    rows: IntArray,
    probabilities: FloatArray,
    hands: Sequence[str],
) -> Predictions:
    """Return answers beside the truth, with what a user is told in the balanced mode."""
    told = [
        model.decisions[hand](p, mode="balanced", lines=SHORT_LINES, parsed=True).family
        for p, hand in zip(probabilities, hands, strict=True)
    ]
    owners = np.array(corpus.owners)[rows]
    return Predictions(
        classes=corpus.classes,
        truth=corpus.truth[rows],
        probabilities=probabilities,
        told=np.array(told),
        source=owners,
        task=owners,
        language=corpus.hand[rows],
        # Of a change there is no least length: every human one counts as an accusation.
        lines=np.full(len(rows), ACCUSATION_LINES),
        human=model.human,
    )


def _parts(corpus: Corpus, model: AgentModel, rows: IntArray, protocol: str) -> Iterator[Part]:
    """Yield figures of commits with diffs, of their messages alone, and of pull requests."""
    for called, hand in PARTS.items():
        chosen = corpus.part(rows, called)
        if len(chosen) >= FEWEST:
            answers = answer(corpus, model, chosen)
            found = predictions(corpus, model, chosen, answers, [hand] * len(chosen))
            yield Part(protocol, called, assess(found, group="source"))
    chosen = corpus.part(rows, COMMITS)
    if len(chosen) >= FEWEST:
        answers = _by_message(corpus, model, chosen)
        found = predictions(corpus, model, chosen, answers, ["message"] * len(chosen))
        yield Part(protocol, "commit messages alone", assess(found, group="source"))


def _pooled(corpus: Corpus, model: AgentModel, rows: IntArray) -> Iterator[Part]:
    """Yield figures of `POOLED` commits of one agent in one owner's repositories, told together."""
    rows = corpus.part(rows, COMMITS)
    answers = answer(corpus, model, rows)
    groups: dict[tuple[str, int], list[int]] = {}
    for at, row in enumerate(rows.tolist()):
        groups.setdefault((corpus.owners[row], int(corpus.truth[row])), []).append(at)
    whole = [
        members[start : start + POOLED]
        for members in groups.values()
        for start in range(0, len(members) - POOLED + 1, POOLED)
    ]
    if len(whole) >= FEWEST:
        together = np.stack([model.together(answers[members]) for members in whole])
        first = rows[[members[0] for members in whole]]
        found = predictions(corpus, model, first, together, ["diff"] * len(first))
        called = f"{POOLED} commits together"
        yield Part("repositories", called, assess(found, group="source"))


def _by_message(corpus: Corpus, model: AgentModel, rows: IntArray) -> FloatArray:
    features = corpus.measured[Tier.MARKERS].take(rows)
    only = ActivityFeatures(_kept(features.dense, ("text",)), features.lexicon)
    return model.probabilities(only, ["message"] * len(rows))


def _kept(dense: npt.NDArray[np.float32], groups: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return the columns with all but some groups missing."""
    keep = np.array([registry.GROUPS[name] in groups for name in registry.COLUMNS])
    return np.where(keep, dense, np.nan).astype(np.float32)


def _tiers(corpus: Corpus, fitter: Fitter, train: IntArray, test: IntArray) -> Iterator[Part]:
    """Yield figures of models that were fitted and tested on less or more stripped texts."""
    for tier in TIERS:
        if tier is Tier.MARKERS:  # the model itself
            continue
        fitter.log(f"tier {tier}")
        features = corpus.measured[tier].take(test)
        p = fitter.likeliest(corpus.material(train, tier), features, corpus.hand[test])
        for called in PARTS:
            rows = np.flatnonzero(np.isin(test, corpus.part(test, called)))
            if len(rows) >= FEWEST:
                yield Part(f"repositories, tier {tier}", called, _raw(corpus, test[rows], p[rows]))


def _ablations(corpus: Corpus, fitter: Fitter, train: IntArray, test: IntArray) -> Iterator[Part]:
    """Yield figures of models of some columns alone, on commits with diffs, not calibrated."""
    train, test = corpus.part(train, COMMITS), corpus.part(test, COMMITS)
    if len(test) < FEWEST:
        return
    dense = corpus.measured[Tier.MARKERS].dense
    material = corpus.material(train)
    for called, groups in BLOCKS.items():
        fitter.log(f"ablation {called}")
        keep = np.array([registry.GROUPS[name] in groups for name in registry.COLUMNS])
        text = fit_booster(
            dense[train][:, keep],
            corpus.truth[train],
            balanced(material.truth, material.owner, material.hand),
            classes=len(corpus.classes),
            settings=fitter.recipe.booster,
            seed=fitter.recipe.seed,
        )
        p = Booster(text).probabilities(dense[test][:, keep])
        yield Part("repositories", f"{called} alone", _raw(corpus, test, p))


def _raw(corpus: Corpus, rows: IntArray, probabilities: FloatArray) -> Assessment:
    owners = np.array(corpus.owners)[rows]
    found = Predictions(
        classes=corpus.classes,
        truth=corpus.truth[rows],
        probabilities=probabilities,
        told=np.array(corpus.classes)[probabilities.argmax(axis=1)],
        source=owners,
        task=owners,
        language=corpus.hand[rows],
        lines=np.full(len(rows), ACCUSATION_LINES),
        human=corpus.classes[0],
    )
    return assess(found, group="source")


def _by_developer(corpus: Corpus, fitter: Fitter) -> Iterator[Part]:
    """Yield figures on commits of developers that training never saw.

    Pull requests are left out: of them no developer is known, and their commits may be among the
    mined ones.
    """
    commits = np.flatnonzero(corpus.hand != "pull_request")
    rows = [corpus.rows[i] for i in commits.tolist()]
    labels, developers = [row.label for row in rows], _developers(rows)
    shares = [1 - fitter.recipe.test, fitter.recipe.test]
    try:
        side = group_folds(developers, labels, shares, fitter.recipe.seed, called="developers")
    except SplitError as error:
        fitter.log(f"protocol developers left out: {error}")
        return
    fitter.log("protocol developers")
    model = fitter.model(corpus.material(commits[side == 0]))
    yield from _parts(corpus, model, commits[side == 1], "developers")


def _developers(rows: Sequence[Labelled]) -> list[str]:
    """Return whom each commit is grouped under.

    A name that stands in the repositories of many owners is an agent's own account: there the
    owner stands for whoever asked the agent to work.
    """
    owners: dict[str, set[str]] = {}
    for row in rows:
        if row.label != "human":
            owners.setdefault(row.developer, set()).add(row.owner)
    return [
        row.developer
        if row.developer and len(owners.get(row.developer, ())) < MANY_OWNERS
        else f"owner {row.owner}"
        for row in rows
    ]


def _forward(corpus: Corpus, fitter: Fitter) -> Iterator[Part]:
    """Yield figures by quarter after the day up to which a model was trained; agents only.

    Human changes are all older than any agent's, so they stand on the training side alone.
    """
    when = [row.when for row in corpus.rows]
    human = corpus.truth == 0
    dated = [i for i, day in enumerate(when) if day is not None and not human[i]]
    if len(dated) < 2 * FEWEST:
        return
    days = sorted(_utc(when[i]) for i in dated)
    cut = days[int(TRAIN_SHARE * len(days))]
    old = [i for i in dated if _utc(when[i]) < cut]
    fitter.log(f"protocol forward in time: {len(old)} changes of agents before {cut:%Y-%m-%d}")
    train = np.array(sorted([*old, *np.flatnonzero(human).tolist()]))
    model = fitter.model(corpus.material(train))
    quarters: dict[str, list[int]] = {}
    for i in dated:
        day = _utc(when[i])
        if day >= cut:
            quarters.setdefault(f"{day.year} Q{(day.month + 2) // 3}", []).append(i)
    for quarter in sorted(quarters):
        rows = np.array(quarters[quarter])
        for part in _parts(corpus, model, rows, f"trained to {cut:%Y-%m-%d}"):
            yield replace(part, part=f"{quarter}, {part.part}")


def _utc(day: datetime | None) -> datetime:
    return (day or datetime.min).astimezone(UTC)
