"""The agent model: commits and pull requests in, declared and inferred authors out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fingerprint_features.activity import registry
from fingerprint_features.activity.extract import ActivityFeatures, extract
from fingerprint_features.activity.relative import RepositoryStyle
from fingerprint_features.change import Change
from fingerprint_features.provenance.stripped import stripped
from fingerprint_models.agent_evidence import explain
from fingerprint_models.arrays import npz_bytes
from fingerprint_models.artefact import Folder, json_bytes, open_folder
from fingerprint_models.attribution import AI, UNKNOWN, Evidence, ModelId
from fingerprint_models.booster import Booster
from fingerprint_models.calibration import bounded
from fingerprint_models.change_attribution import ChangeAttribution, Inferred
from fingerprint_models.change_parts import (
    AT_HAND,
    KINDS,
    at_hand,
    has_content,
    is_enough,
    kind_of,
    parts_of,
)
from fingerprint_models.conformal import smallest_sets
from fingerprint_models.decision import MODES, SHORT_LINES, Decision
from fingerprint_models.declaration import Declaration, declared
from fingerprint_models.errors import (
    DamagedModelError,
    ModelError,
    SchemaMismatchError,
    WrongModelError,
)
from fingerprint_models.reference import Reference
from fingerprint_models.reference_sample import REFERENCE_SAMPLE, ReferenceSample
from fingerprint_models.transfer import log_softmax
from fingerprint_models.word_head import WordHead

FloatArray = npt.NDArray[np.float64]

WORD_COLUMNS = "words"
"""The booster's last columns are what the word head says, led by this name."""

LEAST_LIKELY = 1e-9
"""No probability of a booster is believed to be less."""

_REASONS = {"family_uncertain": "agent_uncertain"}


@dataclass(frozen=True)
class Blend:
    """A logarithmic opinion pool of the booster and the word head, with a bias a class."""

    booster: float
    words: float
    bias: tuple[float, ...]

    def __call__(self, booster: FloatArray, words: FloatArray) -> FloatArray:
        """Return calibrated probabilities, shape (n, classes), of both heads' logarithms."""
        pooled = self.booster * booster + self.words * words + np.array(self.bias)
        return bounded(np.exp(log_softmax(pooled)))


@dataclass(frozen=True)
class AgentModel:
    """A loaded agent model. Nothing of it is mutable.

    `boosters` has one for each of `KINDS`; `blends`, `decisions` and `set_levels` have one entry
    for each of `AT_HAND`: a message alone says less than a diff with it. `mean_answers` (classes,
    classes) holds in row c the mean calibrated probabilities of commits of class c in left-out
    repositories: what a prevalence estimate is corrected by. `dependence` is told at `together`.
    """

    id: ModelId
    classes: tuple[str, ...]
    words: WordHead
    boosters: Mapping[str, Booster]
    blends: Mapping[str, Blend]
    dependence: float
    decisions: Mapping[str, Decision]
    set_levels: Mapping[str, float]
    mean_answers: FloatArray
    reference: Reference
    card: str
    figures: Mapping[str, object]
    sample: bytes = b""

    @property
    def human(self) -> str | None:
        """The class that means human."""
        return self.decisions["diff"].human

    @property
    def reference_sample(self) -> ReferenceSample | None:
        """Training changes with left-out answers, None where the folder has none of them.

        `values` are `settled`, `language` is as drift's strata name it. Raises ModelError where
        they are unsound.
        """
        return ReferenceSample.from_bytes(self.sample) if self.sample else None

    @classmethod
    def load(cls, folder: Path) -> AgentModel:
        """Open a model folder after verifying every file; raises a ModelError that names it."""
        opened = open_folder(folder)
        if "booster.txt" in opened.files:
            raise WrongModelError(
                folder,
                "of code, and changes need an agent model: name one, or leave --model out",
            )
        found = str(opened.header.get("schema_hash"))
        if found != registry.schema_hash():
            raise SchemaMismatchError(registry.schema_hash(), found)
        try:
            return _assemble(opened)
        except ModelError:
            raise
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as problem:
            raise DamagedModelError(folder, f"lacks or misstates {problem}") from problem

    def to_files(self) -> dict[str, bytes]:
        """Return what `artefact.write_folder` writes and `load` reads."""
        config = {
            "classes": list(self.classes),
            "human": {hand: decision.human for hand, decision in self.decisions.items()},
            "thresholds": {
                hand: decision.to_dict()["thresholds"] for hand, decision in self.decisions.items()
            },
            "blends": {at_hand: asdict(blend) for at_hand, blend in self.blends.items()},
            "dependence": self.dependence,
            "set_levels": dict(self.set_levels),
            "mean_answers": self.mean_answers.tolist(),
        }
        return {
            "README.md": self.card.encode(),
            **{booster_file(kind): each.text.encode() for kind, each in self.boosters.items()},
            "config.json": json_bytes(config),
            "words.npz": npz_bytes(self.words.to_arrays()),
            "reference.npz": npz_bytes(self.reference.to_arrays()),
            "figures.json": json_bytes(self.figures),
            **({REFERENCE_SAMPLE: self.sample} if self.sample else {}),
        }

    def predict_change(
        self,
        change: Change,
        *,
        style: RepositoryStyle | None = None,
        mode: str = "balanced",
        explain: bool = True,
    ) -> ChangeAttribution:
        """Attribute one commit or pull request; see `predict_changes`."""
        return self.predict_changes([change], styles=[style], mode=mode, explain=explain)[0]

    def predict_changes(
        self,
        changes: Iterable[Change],
        *,
        styles: Sequence[RepositoryStyle | None] | None = None,
        mode: str = "balanced",
        explain: bool = False,
    ) -> list[ChangeAttribution]:
        """Attribute changes, in order, each by itself.

        Declared markers are read, and told beside what style says; they are stripped before
        style is measured. A pull request whose commits have diffs is answered from its text and
        these commits together. `styles` says of each commit what its repository was used to before
        it, where that is known. `mode` is one of `decision.MODES`; ValueError for another.
        """
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
        given = list(changes)
        # Markers never reach what is measured; `declared` reads the change as it stands.
        parts = [parts_of(stripped(change)) for change in given]
        # Of a pull request's own commits, what went before them is not at hand.
        known = styles or [None] * len(given)
        ways = [w if len(p) == 1 else None for p, w in zip(parts, known, strict=True) for _ in p]
        features = extract([part for each in parts for part in each], styles=ways)
        probabilities = self.probabilities(features, [at_hand(p) for each in parts for p in each])
        answers = []
        start = 0
        for change, each in zip(given, parts, strict=True):
            rows = np.arange(start, start + len(each))
            start += len(each)
            inferred = None
            if any(has_content(part) for part in each):
                enough = any(is_enough(part) for part in each)
                p = self.together(probabilities[rows])
                best = int(np.argmax(p))
                first = kind_of(at_hand(each[0]))
                why = self._evidence(features.take(rows[:1]), first, best) if explain else ()
                # What the answer leans on most says which promise it stands under.
                hand = "diff" if len(each) > 1 else at_hand(each[0])
                inferred = self._tell(p, mode, hand, enough=enough, why=why)
            blank = ChangeAttribution("ok", self.id, kind=change.kind, id=change.id)
            if inferred is None:
                blank = replace(blank, status="empty", reason=NOTHING_LEFT)
            answers.append(_with(blank, declared(change), inferred, self.classes, 1))
        return answers

    def probabilities(self, features: ActivityFeatures, hands: Sequence[str]) -> FloatArray:
        """Return calibrated probabilities of n changes, shape (n, classes).

        `hands` says of each what is at hand, as `at_hand` tells.
        """
        words, columns = self.columns(features)
        done = np.zeros_like(words)
        for hand, blend in self.blends.items():
            rows = np.flatnonzero(np.array(hands) == hand)
            likely = self.boosters[kind_of(hand)].probabilities(columns[rows])
            done[rows] = blend(np.log(np.maximum(likely, LEAST_LIKELY)), words[rows])
        return done

    def columns(self, features: ActivityFeatures) -> tuple[FloatArray, npt.NDArray[np.float32]]:
        """Return what the word head says, and the columns that the booster reads."""
        words = self.words(features.lexicon)
        return words, join(features.dense, words)

    def settled(self, features: ActivityFeatures) -> npt.NDArray[np.float32]:
        """Return dense columns (n, columns) with what is not at hand put where it usually is.

        That is its mean over the classes: a change without a diff is then no odd one.
        """
        usual = self.reference.mean.mean(axis=0)[: len(registry.COLUMNS)].astype(np.float32)
        return np.where(np.isnan(features.dense), usual, features.dense)

    def together(self, probabilities: FloatArray) -> FloatArray:
        """Return the probabilities of n changes by one author, shape (classes,).

        Changes of one author are not independent: n of them weigh as n ** (1 - dependence) would,
        the exponent being fitted on left-out repositories.
        """
        n = len(probabilities)
        summed = np.log(probabilities).sum(axis=0) * n ** (-self.dependence)
        return bounded(np.exp(log_softmax(summed[None]))).reshape(-1)

    def pool(
        self, answers: Sequence[ChangeAttribution], *, mode: str = "balanced"
    ) -> ChangeAttribution:
        """Return one answer for changes that are believed to be by one author.

        What they declare is told where all that declare anything agree. Raises ValueError where
        there is nothing to pool.
        """
        if not answers:
            raise ValueError("nothing to pool: give at least one attribution")
        scored = [answer.inferred for answer in answers if answer.inferred is not None]
        said = [answer.declared for answer in answers if answer.declared is not None]
        agreed = len({(each.agent, each.family) for each in said}) == 1
        # Where some changes declare nothing, the declaration does not stand for all of them.
        stated = replace(said[0], mixed=len(said) < len(answers)) if agreed else None
        inferred = None
        if scored:
            rows = np.array([[each.probabilities[c] for c in self.classes] for each in scored])
            hand = "diff" if any(each.kind == "commit" for each in answers) else "pull_request"
            enough = any(each.reason != "too_short" for each in scored)
            inferred = self._tell(self.together(rows), mode, hand, enough=enough)
        return _with(
            ChangeAttribution("ok" if scored else answers[0].status, self.id, kind="pool"),
            stated,
            inferred,
            self.classes,
            sum(answer.changes for answer in answers),
        )

    def _evidence(self, features: ActivityFeatures, kind: str, best: int) -> tuple[Evidence, ...]:
        """Return what speaks for and against class `best` as the author of one change."""
        _, columns = self.columns(features)
        signed = self.boosters[kind].contributions(columns)[0, best]
        return explain(signed, columns[0], self.classes[best], self.reference)

    def _tell(
        self, p: FloatArray, mode: str, hand: str, *, enough: bool, why: tuple[Evidence, ...] = ()
    ) -> Inferred:
        decision = self.decisions[hand]
        told = decision(p, mode=mode, lines=SHORT_LINES if enough else 0, parsed=True)
        best = int(np.argmax(p))
        return Inferred(
            agent=told.family,
            confidence=told.confidence,
            raw_agent=self.classes[best],
            raw_confidence=float(p[best]),
            probabilities=dict(zip(self.classes, p.tolist(), strict=True)),
            ai_probability=decision.ai_probability(p),
            prediction_set=smallest_sets(p[None], self.set_levels[hand], self.classes)[0],
            reason=_REASONS.get(told.reason or "", told.reason),
            evidence=why,
        )


def booster_file(kind: str) -> str:
    """Return the name of a booster's file in a model folder."""
    return f"booster-{kind}.txt"


def join(dense: npt.NDArray[np.float32], words: FloatArray) -> npt.NDArray[np.float32]:
    """Return the booster's columns: what was measured, then what the word head says."""
    return np.concatenate((dense, words.astype(np.float32)), axis=1)


def column_names(classes: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns that `join` makes."""
    return (*registry.COLUMNS, *(f"{WORD_COLUMNS}.{name}" for name in classes))


NOTHING_LEFT = "no files, and no text but markers"
"""Why a change has no inferred answer; a forge's own merge message is such a change."""


def _with(
    blank: ChangeAttribution,
    stated: Declaration | None,
    inferred: Inferred | None,
    classes: Sequence[str],
    changes: int,
) -> ChangeAttribution:
    conflict = _differ(stated, inferred, classes)
    return replace(blank, declared=stated, inferred=inferred, conflict=conflict, changes=changes)


def _differ(stated: Declaration | None, inferred: Inferred | None, classes: Sequence[str]) -> bool:
    """Tell whether style names somebody else than the declaration does.

    An agent that the model does not know cannot be contradicted by another agent's name, only by
    "human".
    """
    if stated is None or stated.agent is None or inferred is None:
        return False
    if inferred.agent in (UNKNOWN, AI) or inferred.agent in stated.agents:
        return False
    return stated.agent in classes or inferred.agent == "human"


def _assemble(opened: Folder) -> AgentModel:
    config = opened.json("config.json")
    classes = tuple(config["classes"])
    blends = {
        hand: Blend(float(each["booster"]), float(each["words"]), tuple(each["bias"]))
        for hand, each in config["blends"].items()
    }
    if set(blends) != set(AT_HAND):
        raise ValueError(f"blends for {', '.join(sorted(blends))}")
    return AgentModel(
        id=ModelId(str(opened.header["name"]), str(opened.header["version"])),
        classes=classes,
        words=WordHead.from_arrays(opened.arrays("words.npz")),
        boosters={kind: Booster(opened.text(booster_file(kind))) for kind in KINDS},
        blends=blends,
        dependence=float(config["dependence"]),
        decisions={
            hand: Decision.from_dict(classes, config["human"][hand], config["thresholds"][hand])
            for hand in AT_HAND
        },
        set_levels={hand: float(config["set_levels"][hand]) for hand in AT_HAND},
        mean_answers=np.array(config["mean_answers"], dtype=np.float64),
        reference=Reference.from_arrays(opened.arrays("reference.npz")),
        card=opened.text("README.md"),
        figures=opened.json("figures.json"),
        sample=opened.files.get(REFERENCE_SAMPLE, b""),
    )
