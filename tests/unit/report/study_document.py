"""The document of a comparison, as `planning.comparison.study.Study.content` returns it, made without running."""

from __future__ import annotations

from typing import Any

import numpy as np

from impetus_sim.planning.comparison.answer import answer
from impetus_sim.planning.comparison.curves import summarise_curves
from impetus_sim.planning.comparison.evaluate import compare_groups, compare_runs
from impetus_sim.recording.reader import Recording

TITLES = {"baseline": "Shots on the square", "open_gate": "Open the <wide> gate", "nothing": "Change nothing"}


def make_run(mean_s: float) -> dict[str, Any]:
    """Return the result of one run of a study."""

    def measure(
        value: float, unit: str, label: str, better: str, is_censored: bool = False
    ) -> dict[str, Any]:
        row = {"value": value, "unit": unit, "label": label, "better": better, "is_censored": is_censored}
        return row

    egress = measure(mean_s, "s", "mean egress time", "lower")
    out = [round(800 * min(1.0, max(0.0, (t - 20) / mean_s))) for t in range(0, 301, 5)]
    return {
        "curves": {"people_out": {"label": "people out", "end_s": 300.0, "of": 800.0, "values": out}},
        "metrics": {
            "clearance_time": measure(
                min(2 * mean_s, 145.0), "s", "clearance time", "lower", 2 * mean_s > 145.0
            ),
            "mean_egress_time": egress,
            "share_out": measure(0.9, "", "share out at the end", "higher"),
            "peak_density": measure(5.0 + mean_s / 100, "people/m²", "peak density", "lower"),
            "flow.North Gate": measure(4.0, "people/s", "highest flow, North Gate", ""),
        },
        "groups": {
            "profile=adult": {"mean_egress_time": egress | {"value": mean_s - 5}},
            "profile=wheelchair_user": {"mean_egress_time": egress | {"value": mean_s + 9}},
        },
    }


def make_document(square: Recording, square_with_wide_gate: Recording) -> dict[str, Any]:
    """Return the document of a comparison: a gate that helps, and an option that changes nothing."""
    times = 70 + np.random.default_rng(3).normal(0, 2, 10)
    runs = [[make_run(float(t)) for t in row] for row in (times, times - 6 + 0.1 * np.sin(times), times)]
    table = compare_runs([[run["metrics"] for run in row] for row in runs], seed=1, confidence=0.95)
    groups = compare_groups(runs, seed=1, confidence=0.95)
    options = [
        {
            "name": name,
            "title": title,
            "scenario_digest": "a1b2c3d4e5f60718",
            "map_digest": "3c9d1f0e77a1",
            "effort": {"cost": 250.0 if name == "open_gate" else 0.0, "staff": 2, "lead_time_s": 90.0},
            "n_failed": 0,
            "run_keys": ["0f5be2c4a9d1"] * 10,
            **metrics,
        }
        for (name, title), metrics in zip(TITLES.items(), table, strict=True)
    ]
    return {
        "answer": answer(options, "mean_egress_time", confidence=0.95),
        "primary": "mean_egress_time",
        "replicates": 10,
        "seeds": [{"seed": 5, "replicate": r} for r in range(10)],
        "rule": {"replicates": None, "precision": 0.05, "confidence": 0.95, "max_replicates": 50},
        "is_precise": True,
        "options": options,
        "groups": [
            {
                "group": group,
                "options": [{"name": name, **m} for name, m in zip(TITLES, metrics, strict=True)],
            }
            for group, metrics in groups.items()
        ],
        "curves": summarise_curves(list(TITLES), runs),
        "notes": ["One note to mind."],
        "methods": {"interval": "Student t over replicates"},
        "engine_version": "0.1.0",
        "kernel_hash": "9a8b7c",
        "recordings": {
            "baseline": str(square.path),
            "open_gate": str(square_with_wide_gate.path),
            "nothing": None,
        },
    }
