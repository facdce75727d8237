"""Digests of three tiny scenarios, bit for bit on one platform; outcomes within tolerances everywhere.

A deliberate change of a model moves the digests: look at what changed, then write them anew with
``IMPETUS_UPDATE_GOLDEN=1 python -m pytest tests/golden`` and say why in the commit message.
"""

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
from pathlib import Path

import numpy as np
import pytest

STORED = Path(__file__).with_name("digests.json")
LEAVE = {"activity": "leave", "premovement": {"kind": "lognormal", "median": 3, "sigma": 0.5}}

CORRIDOR = {
    "title": "Corridor",
    "map": {"synthetic": {"kind": "corridor", "length": 30, "width": 3}},
    "time": {"duration": 60},
    "crowd": {
        "populations": {
            "walkers": {"count": 40, "at": {"box": [1, 0.3, 15, 2.7]}, "exits": ["east"], **LEAVE}
        }
    },
}
NECK = {
    "title": "Neck",
    "map": {"synthetic": {"kind": "bottleneck", "width": 8, "depth": 8, "neck_width": 1.2}},
    "time": {"duration": 60},
    "crowd": {"populations": {"crowd": {"count": 60, "at": {"box": [0.5, 0.5, 7.5, 7.5]}, **LEAVE}}},
}


def platform_now():
    """Return what the bits of a run may depend on."""
    from impetus_sim.kernels.compile import processor

    name, features = processor()
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "libc": " ".join(platform.libc_ver()),
        "processor": name,
        "features": hashlib.sha256(features.encode()).hexdigest()[:16],
        **{
            package: importlib.metadata.version(package)
            for package in ("numba", "llvmlite", "numpy", "shapely")
        },
    }


@pytest.fixture(scope="module")
def outcomes(eventful, start, warm):
    """Return a function from a scenario's name to (digest, figures)."""
    from impetus_sim.scenario.load import read_scenario_text

    @functools.cache
    def run(name):
        texts = {"corridor": json.dumps(CORRIDOR), "neck": json.dumps(NECK)}
        scenario = eventful() if name == "eventful" else read_scenario_text(texts[name])
        simulation = start(scenario, until=scenario.time.duration)
        people = simulation.crowd.people
        left = people.left_tick >= 0
        figures = {
            "left": int(left.sum()),
            "mean_leaving_s": float(people.left_tick[left].mean() / 100),
            "aware": int((people.aware_tick >= 0).sum()),
            "mean_speed": float(np.hypot(people.vx, people.vy)[~left].mean()) if (~left).any() else 0.0,
            "exposure_s": float(people.exposure_s.sum()),
        }
        return simulation.digest.value, figures

    return run


NAMES = ["corridor", "eventful", "neck"]


@pytest.fixture(scope="module")
def stored(outcomes):
    if os.environ.get("IMPETUS_UPDATE_GOLDEN"):
        runs = {name: dict(zip(("digest", "figures"), outcomes(name), strict=True)) for name in NAMES}
        STORED.write_text(json.dumps({"holds_for": platform_now(), "runs": runs}, indent=1) + "\n")
    return json.loads(STORED.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_the_digest_is_the_stored_one(stored, outcomes, name):
    there, here = stored["holds_for"], platform_now()
    other = [f"{key} {here[key]} (stored: {there[key]})" for key in here if here[key] != there[key]]
    if other:
        pytest.skip("digests hold for another platform: " + "; ".join(text[:60] for text in other))
    assert outcomes(name)[0] == stored["runs"][name]["digest"]


@pytest.mark.parametrize("name", NAMES)
def test_outcomes_within_tolerances_everywhere(stored, outcomes, name):
    """Other processors round differently and a crowd amplifies it: outcomes agree, bits need not.

    Leaving times may differ by 10 % (spread between seeds of these rooms: about 5 %), counts by 4 people.
    """
    figures, expected = outcomes(name)[1], stored["runs"][name]["figures"]
    assert figures["left"] == pytest.approx(expected["left"], abs=4)
    assert figures["mean_leaving_s"] == pytest.approx(expected["mean_leaving_s"], rel=0.10)
    assert figures["aware"] == pytest.approx(expected["aware"], abs=4)
    assert figures["exposure_s"] == pytest.approx(expected["exposure_s"], rel=0.25, abs=5.0)
