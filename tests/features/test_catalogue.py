from pathlib import Path

from fingerprint_features import registry
from fingerprint_features.catalogue import catalogue

README = Path(__file__).parent.parent.parent / "features" / "README.md"


def test_the_readme_is_the_registry() -> None:
    """features/README.md is what the registry says; regenerate it when this fails."""
    assert README.read_text("utf-8") == catalogue(), (
        "run: python -m fingerprint_features.catalogue > README.md (in features/)"
    )


def test_every_column_is_in_the_catalogue() -> None:
    """No column is left out, none is listed twice."""
    page = catalogue()
    assert all(page.count(f"| `{name}` |") == 1 for name in registry.COLUMNS)
