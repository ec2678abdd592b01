"""The wheel test takes minutes and a package index: it runs only where `-m wheel` asks for it."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "wheel: builds and installs the wheel; run with -m wheel")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the wheel tests unless the marker expression speaks of them."""
    if "wheel" in config.option.markexpr:
        return
    chosen = [item for item in items if item.get_closest_marker("wheel")]
    config.hook.pytest_deselected(items=chosen)
    items[:] = [item for item in items if item not in chosen]
