"""A thousand random closures: no hang, no lost vehicle. Each runs in its own process, which a hang fails."""

import subprocess
import sys

import pytest

WITHIN_S = 600
"""Far more than a run takes, compiling included."""


def _run(side: int, n_vehicles: int, n_closures: int) -> str:
    code = (
        "from impetus_sim.verification.case import Effort\n"
        "from impetus_sim.verification.traffic.closures import close_at_random\n"
        f"sizes = dict(side={side}, n_vehicles={n_vehicles}, n_closures={n_closures})\n"
        "found = close_at_random(Effort(model=''), **sizes)\n"
        "print(found.value, found.text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=WITHIN_S, check=True
    )
    return done.stdout


def test_closures_on_a_small_map():
    assert _run(6, 1000, 200).startswith("0.0 ")


@pytest.mark.slow
def test_a_thousand_closures_on_a_large_map():
    assert _run(30, 50_000, 1000).startswith("0.0 ")
