"""The boots of a whole system belong to `make soak`: they need root, a Debian root and some minutes."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """test_booted.py is looked at under --soak only."""
    return True if collection_path.name == "test_booted.py" and not config.getoption("--soak") else None
