"""One tiny model, trained once by the example recipe, for every test that wants a real one."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from fingerprint_models.artefact import open_folder, write_folder
from fingerprint_models.enrolment import MATERIAL
from fingerprint_models.model import Model
from fingerprint_training.enrolment_material import enrolment_material
from fingerprint_training.material import Material
from fingerprint_training.recipe import Recipe, load_recipe
from fingerprint_training.train import prepare, train

# A busy machine makes an example slow; time is judged in benchmarks/, never by a test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "training" / "recipes" / "example.toml"

FASTER = {
    '"../../examples/corpus.jsonl"': f'"{(ROOT / "examples" / "corpus.jsonl").as_posix()}"',
    "rounds = 30": "rounds = 5",
    "characters = 50": "characters = 50\ntree = 20",
    "bootstrap = 50": "bootstrap = 5",
}


@dataclass(frozen=True)
class Trained:
    """A finished training: what it was told, what it wrote, and what it said."""

    recipe: Recipe
    recipe_file: Path
    folder: Path
    cache: Path
    manifest: str
    messages: tuple[str, ...]


@pytest.fixture(scope="session")
def example_recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example recipe, made faster, with a path of its corpus that holds anywhere."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for written, faster in FASTER.items():
        assert written in text, f"the example recipe does not say {written} any more"
        text = text.replace(written, faster)
    file = tmp_path_factory.mktemp("recipe") / "example.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def trained(example_recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Return a training by the example recipe; tests leave its folder and cache as they are."""
    home = tmp_path_factory.mktemp("trained")
    recipe = load_recipe(example_recipe)
    folder, cache = home / "teams-0.1.0", home / "cache"
    said: list[str] = []
    manifest = train(recipe, folder, cache=cache, workers=1, log=said.append)
    return Trained(recipe, example_recipe, folder, cache, manifest, tuple(said))


@pytest.fixture(scope="session")
def material(trained: Trained) -> Material:
    """Return the cleaned and measured corpus of the training."""
    made, _ = prepare(trained.recipe, cache=trained.cache, workers=1, log=lambda _: None)
    return made


@pytest.fixture(scope="session")
def enrollable(
    trained: Trained, material: Material, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the tiny model with material that classes can be enrolled against; leave it as is."""
    model = Model.load(trained.folder)
    columns = model.design(material.features)
    made = enrolment_material(
        model.transfer.family.standardise(columns),
        model.scores(columns),
        material.truth,
        sources=material.corpus.column("source"),
        tasks=material.corpus.column("task"),
        languages=material.features.language,
        seed=0,
    )
    opened = open_folder(trained.folder)
    header = {key: value for key, value in opened.header.items() if key != "format"}
    folder = tmp_path_factory.mktemp("enrollable") / "teams-0.1.0"
    write_folder(folder, {**opened.files, MATERIAL: made.to_bytes()}, header=header)
    return folder


@pytest.fixture(scope="session")
def west() -> dict[str, str]:
    """Return files of a third team, by path: no two alike, a habit the other teams do not have."""
    verbs = ["load", "save", "find", "drop", "sort", "join", "fold", "scan", "trim", "pack"]
    verbs += ["count", "merge", "split", "check"]
    return {
        f"west/{verb}.py": (
            f"import os;\n\n#### {verb} ####\n\n"
            f"class {verb.title()}Thing(object) :\n\n"
            f"   def Do{verb.title()}( self , TheValue , n = {at} ) :\n"
            + "".join(
                f"      self.{verb}{step} = TheValue + {step * at} ;\n" for step in range(at + 2)
            )
            + f"      if( n > {at} ) :\n         print( '{verb}' , TheValue ) ;\n"
            f"      return( self.{verb}0 ) ;\n"
        )
        for at, verb in enumerate(verbs)
    }


@pytest.fixture(scope="session")
def newcomers() -> Callable[..., list[dict[str, str]]]:
    """Return what makes samples of the two teams in other habits than the example corpus has.

    Six a team from each repository; `guessed` labels are drawn, and the habits mean nothing.
    """
    verbs = ["load", "save", "find", "drop", "sort", "join", "fold", "scan", "trim", "pack"]

    def north(verb: str, n: int, chance: random.Random) -> str:
        lines = range(chance.randint(2, 5))
        return (
            f"class {verb.title()}{n}(object) :\n\n   def Do{verb.title()}( self , TheValue ) :\n"
            + "".join(
                f"      self.{verb}{i} = TheValue + {chance.randint(0, 99)} ;\n" for i in lines
            )
            + f"      return( self.{verb}0 ) ;\n"
        )

    def south(verb: str, n: int, chance: random.Random) -> str:
        lines = range(chance.randint(2, 5))
        return (
            f"{verb}_{n} = lambda x: (\n"
            + "".join(f"    x * {chance.randint(2, 99)} if x > {i * n} else\n" for i in lines)
            + f"    '{verb}'\n)\nprint(f'{{{verb}_{n}({n})!r}}')\n"
        )

    def make(repositories: Sequence[str], *, guessed: bool = False) -> list[dict[str, str]]:
        chance, rows = random.Random(0), []
        for repository in repositories:
            for team, write in (("north", north), ("south", south)) * 6:
                verb, n = chance.choice(verbs), len(rows)
                label = chance.choice(("north", "south")) if guessed else team
                task, code = f"{repository}-{n}", write(verb, n, chance)
                row = {"team": label, "repository": repository, "task": task}
                rows.append({**row, "language": "python", "code": code})
        return rows

    return make
