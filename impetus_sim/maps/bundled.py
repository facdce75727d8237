"""Where the shipped maps, scenarios, experiments and playbooks are: one rule for a checkout and a wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Literal


def bundled_folder(name: Literal["maps", "scenarios", "experiments", "playbooks"]) -> Path:
    """Return the folder of shipped data.

    In a checkout ``impetus_sim/bundled/<name>`` is a link to the top-level folder; a wheel carries copies.
    """
    return Path(__file__).resolve().parent.parent / "bundled" / name
