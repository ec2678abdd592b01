"""The model: samples in, attributions out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fingerprint_features import registry
from fingerprint_features.extract import Features, concatenate, extract
from fingerprint_features.lexicon import Chosen
from fingerprint_features.sample import Sample
from fingerprint_models.answers import answers
from fingerprint_models.arrays import npz_bytes
from fingerprint_models.artefact import Folder, json_bytes, open_folder
from fingerprint_models.attribution import Attribution, Evidence, ModelId
from fingerprint_models.booster import Booster
from fingerprint_models.calibration import MIN_BATCH, Calibration, Scores
from fingerprint_models.conformal import PredictionSets
from fingerprint_models.decision import MODES, Decision
from fingerprint_models.design_matrix import DesignMatrix
from fingerprint_models.enrolment import MATERIAL, NOBODY, Enrolment, widened_reference
from fingerprint_models.errors import (
    DamagedModelError,
    ModelError,
    SchemaMismatchError,
    WrongModelError,
)
from fingerprint_models.evidence import explain
from fingerprint_models.familiarity import Familiarity
from fingerprint_models.pooling import PooledAttribution, Pooling, grouped, pool
from fingerprint_models.reference import Reference
from fingerprint_models.reference_sample import REFERENCE_SAMPLE, ReferenceSample
from fingerprint_models.shipped_models import shipped_agents
from fingerprint_models.spelling import speller
from fingerprint_models.transfer import TransferHead

if TYPE_CHECKING:
    from fingerprint_features.change import Change
    from fingerprint_models.change_attribution import ChangeAttribution
    from fingerprint_models.file_parts import FileParts

FloatArray = npt.NDArray[np.float64]

CHUNK = 256
"""Samples that a worker takes at a time, and that the heads score at a time."""


@dataclass(frozen=True)
class Model:
    """A loaded model. Nothing of it is mutable, so it may be shared between threads."""

    id: ModelId
    classes: tuple[str, ...]
    design: DesignMatrix
    transfer: TransferHead
    familiarity: Familiarity
    booster: Booster
    calibration: Calibration
    decision: Decision
    sets: PredictionSets
    reference: Reference
    card: str
    figures: Mapping[str, object]
    source_decision: Decision | None = None
    pool_decision: Decision | None = None
    pooling: Pooling = field(default_factory=Pooling)
    mean_answers: FloatArray | None = None
    enrolment: Enrolment = NOBODY
    material: bytes = b""
    sample: bytes = b""

    @property
    def for_sources(self) -> Decision:
        """What is told of samples that were scored in the light of their source."""
        return self.source_decision or self.decision

    @property
    def for_pools(self) -> Decision:
        """What is told of many samples together."""
        return self.pool_decision or self.decision

    @property
    def reference_sample(self) -> ReferenceSample | None:
        """Training samples with left-out answers, None where the folder has none of them.

        Raises ModelError where they are unsound.
        """
        return ReferenceSample.from_bytes(self.sample) if self.sample else None

    @property
    def all_classes(self) -> tuple[str, ...]:
        """The trained classes, then those that were enrolled."""
        return (*self.classes, *self.enrolment.names)

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Open a model folder, after verifying every file of it.

        Raises a ModelError (a ValueError) that names the file and the mend where the folder is
        missing, damaged, of a newer format, or was made for other columns than these.
        """
        opened = open_folder(folder)
        if "words.npz" in opened.files:
            raise WrongModelError(
                folder,
                "of agents, which reads commits and pull requests: name a model of code",
            )
        found = str(opened.header.get("schema_hash"))
        if found != registry.schema_hash():
            raise SchemaMismatchError(registry.schema_hash(), found)
        try:
            model = _assemble(opened)
        except ModelError:
            raise
        except (KeyError, TypeError, ValueError, IndexError) as problem:
            raise DamagedModelError(folder, f"lacks or misstates {problem}") from problem
        if model.transfer.family.weights.shape != (len(model.design.columns), len(model.classes)):
            raise DamagedModelError(folder, "has heads for other columns or classes than it lists")
        return model

    def to_files(self) -> dict[str, bytes]:
        """Return what `artefact.write_folder` writes and `load` reads."""
        config = {
            "classes": list(self.classes),
            "human": self.decision.human,
            "thresholds": {
                "alone": self.decision.to_dict()["thresholds"],
                "source": self.for_sources.to_dict()["thresholds"],
                "pool": self.for_pools.to_dict()["thresholds"],
            },
            "calibration": self.calibration.to_dict(),
            "sets": self.sets.to_dict(),
            "pooling": self.pooling.to_dict(),
            "mean_answers": None if self.mean_answers is None else self.mean_answers.tolist(),
        }
        return {
            "README.md": self.card.encode(),
            "booster.txt": self.booster.text.encode(),
            "config.json": json_bytes(config),
            "design.npz": npz_bytes(self.design.to_arrays()),
            "familiarity.npz": npz_bytes(self.familiarity.to_arrays("familiarity")),
            "transfer.npz": npz_bytes(self.transfer.to_arrays()),
            "reference.npz": npz_bytes(self.reference.to_arrays()),
            "figures.json": json_bytes(self.figures),
            **({MATERIAL: self.material} if self.material else {}),
            **({REFERENCE_SAMPLE: self.sample} if self.sample else {}),
            **self.enrolment.to_files(),
        }

    def predict(
        self,
        code: str,
        language: str | None = None,
        path: str | None = None,
        *,
        mode: str = "balanced",
        explain: bool = True,
    ) -> Attribution:
        """Attribute one piece of code; see `predict_many`."""
        return self.predict_many([Sample(code, language, path)], mode=mode, explain=explain)[0]

    def predict_many(
        self,
        samples: Iterable[Sample],
        *,
        source: str | Sequence[str | None] | None = None,
        workers: int = 1,
        mode: str = "balanced",
        explain: bool = False,
    ) -> list[Attribution]:
        """Attribute samples, in order; one that cannot be scored gets a status.

        `source` names where the samples come from (a repository, a data set): one name for all
        of them, or one a sample. Samples of one source are scored in each other's light, which
        is more accurate: how near their mean lies to the training sources, and in a known
        context how much of them is human. Fewer than `MIN_BATCH` (10) scored samples of a
        source, and samples without one, are scored by themselves. `workers` processes measure
        the samples. `mode` is "best-guess", "balanced" or "high-precision". Raises ValueError
        for an unknown mode, for fewer than one worker, or when `source` has another length
        than `samples`; TypeError for what is no `Sample`.
        """
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
        given = list(samples)
        for each in given:
            if not isinstance(each, Sample):
                raise TypeError(f"samples must be Sample records, not {type(each).__name__}")
        sources = _sources(source, len(given))
        features = measure(given, workers, self.design.buckets)
        columns = self.design(features)
        probabilities = self.probabilities(columns, batches(sources, features.status))
        sets = self.sets(probabilities, features.language, self.classes)
        together = {i for rows in batches(sources, features.status) for i in rows}
        probabilities = self.widened(columns, probabilities, features.language)
        why = self._evidence(given, columns, features, probabilities) if explain else {}
        return answers(
            self, given, features, probabilities, sets=sets, together=together, mode=mode, why=why
        )

    def predict_parts(
        self,
        code: str,
        language: str | None = None,
        path: str | None = None,
        *,
        by: str = "function",
        mode: str = "balanced",
    ) -> FileParts:
        """Attribute the parts of one long piece of code; see `parts.attribute_files`."""
        from fingerprint_models.parts import attribute_parts  # noqa: PLC0415 - for whoever asks

        return attribute_parts(self, Sample(code, language, path), by=by, mode=mode)

    def pool(
        self,
        attributions: Sequence[Attribution],
        *,
        by: str | Callable[[Attribution], str | None] | Sequence[str | None] | None = None,
        mode: str = "balanced",
    ) -> list[PooledAttribution]:
        """Return one answer for each group of this model's attributions.

        `by` is None for one group of all, "directory" or "language", a function that returns an
        attribution's group, or a group for each; None as a group leaves an attribution out.
        ValueError: another model's attributions, an unknown mode or `by`.
        """
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")
        groups = grouped(attributions, by)
        return [pool(self, key, each, mode=mode) for key, each in groups.items()]

    def predict_change(
        self, change: Change, *, mode: str = "balanced", explain: bool = True
    ) -> ChangeAttribution:
        """Attribute one commit or pull request, by the agent model that is shipped beside.

        That model is opened at the first call. Raises `FileNotFoundError` where none is shipped;
        for the rest see `AgentModel.predict_changes`.
        """
        return shipped_agents().predict_change(change, mode=mode, explain=explain)

    def scores(self, columns: npt.NDArray[np.float32]) -> Scores:
        """Return what both heads say of n samples, and how familiar these are."""
        parts = [columns[i : i + CHUNK] for i in range(0, len(columns), CHUNK)] or [columns]
        heads = (self.booster, self.transfer, self.familiarity)
        return Scores.concatenate([score(part, *heads) for part in parts])

    def probabilities(
        self,
        columns: npt.NDArray[np.float32],
        together: Sequence[Sequence[int]] = (),
    ) -> FloatArray:
        """Return calibrated probabilities, shape (n, classes), as `batches` puts rows together."""
        scores = self.scores(columns)
        done = self.calibration.alone(scores)
        for rows in together:
            distance = self.familiarity.distance(columns[rows])
            done[rows] = self.calibration.batch(scores.take(rows), distance)
        return done

    def widened(
        self,
        columns: npt.NDArray[np.float32],
        probabilities: FloatArray,
        languages: Sequence[str | None],
    ) -> FloatArray:
        """Return probabilities of trained and enrolled classes, shape (n, all classes)."""
        if not self.enrolment.classes:
            return probabilities
        standardised = self.transfer.family.standardise(columns)
        return self.enrolment.widen(probabilities, standardised, self.scores(columns), languages)

    def _evidence(
        self,
        given: Sequence[Sample],
        columns: npt.NDArray[np.float32],
        features: Features,
        probabilities: FloatArray,
    ) -> dict[int, tuple[Evidence, ...]]:
        names = self.design.columns
        found = {}
        for i in np.flatnonzero(np.array(features.status) == "ok").tolist():
            best = int(np.argmax(probabilities[i]))
            reference, own = self.reference, best - len(self.classes)
            if own < 0:
                signed = self.booster.contributions(columns[i : i + 1])[0, best]
            else:  # of a linear score: each column's part, less what the heads' answers add
                each = self.enrolment.classes[own]
                signed = self.transfer.family.standardise(columns[i]) * each.weights
                reference = widened_reference(reference, each)
            found[i] = explain(
                signed.astype(np.float64),
                columns[i],
                self.all_classes[best],
                names,
                reference,
                human=self.decision.human,
                spell=speller(given[i]),
            )
        return found


def score(
    columns: npt.NDArray[np.float32],
    booster: Booster,
    transfer: TransferHead,
    familiarity: Familiarity,
) -> Scores:
    """Return what every head says of columns that the design matrix made."""
    likely = np.log(np.maximum(booster.probabilities(columns), 1e-9))
    return Scores(likely, *transfer(columns), familiarity.distances(columns))


def batches(sources: Sequence[str | None], status: Sequence[str]) -> list[list[int]]:
    """Return the rows of each source that has `MIN_BATCH` samples or more that can be scored."""
    groups: dict[str, list[int]] = {}
    for i, name in enumerate(sources):
        if name is not None and status[i] == "ok":
            groups.setdefault(name, []).append(i)
    return [rows for rows in groups.values() if len(rows) >= MIN_BATCH]


def measure(samples: Sequence[Sample], workers: int = 1, chosen: Chosen | None = None) -> Features:
    """Return the features of samples, measured by `workers` processes; `chosen` as in `extract`."""
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    chunks = [samples[i : i + CHUNK] for i in range(0, len(samples), CHUNK)] or [samples]
    if workers == 1 or len(chunks) == 1:
        return concatenate([extract(chunk, only_code=True, chosen=chosen) for chunk in chunks])
    from joblib import Parallel, delayed  # noqa: PLC0415 - only where processes are asked for

    task: Callable[..., Features] = delayed(extract)
    tasks = (task(chunk, only_code=True, chosen=chosen) for chunk in chunks)
    return concatenate(Parallel(n_jobs=workers)(tasks))


def _sources(source: str | Sequence[str | None] | None, n: int) -> list[str | None]:
    if source is None or isinstance(source, str):
        return [source] * n
    if len(source) != n:
        raise ValueError(f"source names {len(source)} samples, but there are {n}")
    return list(source)


def _matrix(rows: list[list[float]] | None) -> FloatArray | None:
    return None if rows is None else np.array(rows, dtype=np.float64)


def _assemble(opened: Folder) -> Model:
    config = opened.json("config.json")
    classes = tuple(config["classes"])
    thresholds = config["thresholds"]

    def decide(way: str) -> Decision:
        # Before 1.2.0 the same thresholds held whichever way samples were scored.
        return Decision.from_dict(classes, config["human"], thresholds.get(way, thresholds))

    return Model(
        id=ModelId(str(opened.header["name"]), str(opened.header["version"])),
        classes=classes,
        design=DesignMatrix.from_arrays(opened.arrays("design.npz")),
        transfer=TransferHead.from_arrays(opened.arrays("transfer.npz")),
        familiarity=Familiarity.from_arrays(opened.arrays("familiarity.npz"), "familiarity"),
        booster=Booster(opened.text("booster.txt")),
        calibration=Calibration.from_dict(config["calibration"]),
        decision=decide("alone"),
        source_decision=decide("source"),
        pool_decision=decide("pool"),
        sets=PredictionSets.from_config(config),
        pooling=Pooling(**config.get("pooling", {})),
        mean_answers=_matrix(config.get("mean_answers")),
        reference=Reference.from_arrays(opened.arrays("reference.npz")),
        card=opened.text("README.md"),
        figures=opened.json("figures.json"),
        enrolment=Enrolment.from_folder(opened),
        material=opened.files.get(MATERIAL, b""),
        sample=opened.files.get(REFERENCE_SAMPLE, b""),
    )
