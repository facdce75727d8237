"""Shared fixtures: where the reference data is, and one compiled-kernel folder for the whole test run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Return the reference data folder, or skip the test when IMPETUS_DATA is unset."""
    folder = os.environ.get("IMPETUS_DATA")
    if not folder:
        pytest.skip("IMPETUS_DATA is not set: reference data is not part of the repository")
    path = Path(folder)
    if not path.is_dir():
        pytest.skip(f"IMPETUS_DATA names '{path}', which is not a folder")
    return path
