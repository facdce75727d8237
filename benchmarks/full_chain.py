"""The whole chain in Padova: crowd, traffic, infrastructure, sensors, detectors, control rooms, units, for an hour.

    python benchmarks/full_chain.py --threads 2

10 000 people (a full square at a step of 0.05 s, the others on links), 2 000 vehicles, 200 sensors, 40 units. The
map is `padova_centre_2021_roads.osm.pbf` of IMPETUS_DATA: streets only, so assets are placed by rule along them.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from data_map import find_map

from impetus_sim.engine.record import simulate
from impetus_sim.engine.warmup import warm_up
from impetus_sim.recording.reader import Recording
from impetus_sim.scenario.load import read_scenario_text

SQUARE = [11.8745, 45.4078]
"""Piazza dei Signori, lon and lat."""


def build_document(options: argparse.Namespace) -> dict[str, object]:
    """Return the scenario: a market day, firecrackers, then an attack."""
    focus = {"at": SQUARE, "radius": options.radius}
    on_links = options.people - options.inside
    return {
        "title": "Padova, the whole chain",
        "map": find_map("padova_centre_2021_roads.osm.pbf"),
        "time": {"duration": options.duration},
        "crowd": {
            "step": 0.05,
            "focus": focus,
            "street_exits": True,
            "links": {},
            "threat_perception": {},
            "populations": {
                "market": {
                    "count": options.inside,
                    "at": focus,
                    "activity": "stay",
                    "premovement": {"kind": "lognormal", "median": 20, "sigma": 0.6},
                },
                "city": {
                    "count": on_links,
                    "at": {"at": SQUARE, "radius": 900},
                    "activity": "leave",
                    "network": {"start": 0, "end": options.duration},
                },
            },
        },
        "traffic": {
            "demand": {
                "everyday": {
                    "kind": "gravity", "trips": options.vehicles, "end": options.duration, "through": 0.7,
                    "mean_distance": 700,
                },
            },
            "record_every": 30,
        },
        "infrastructure": {"repair": {}},
        "hazards": {
            "attacker": {
                "kind": "attacker", "at": SQUARE, "start": options.duration / 6, "lasts": 300, "met_within": 60,
            },
        },
        "sensing": {
            "sensors": {
                f"camera_{k}": {"kind": "camera", "at": SQUARE, "facing": (7 * k) % 360, "range": 60, "every": 2}
                for k in range(options.sensors - 20)
            }
            | {
                f"microphone_{k}": {"kind": "gunshot", "at": SQUARE, "range": 150} for k in range(10)
            }
            | {f"way_out_{k}": {"kind": "exit_counter", "exits": "all", "every": 10} for k in range(10)},
        },
        "detection": {
            "detectors": {
                "ears": {"kind": "threshold", "streams": "bangs", "above": 1},
                "leaving": {"kind": "egress_start", "streams": "people_passing", "every": 10},
                "usual": {"kind": "ewma", "streams": "people_in_view"},
            },
            "fusion": {},
        },
        "response": {
            "control_rooms": {
                "police": {
                    "operators": 4, "handles": ["gunshot", "crush", "egress", "anomaly"], "tells": ["ambulance"],
                },
                "ambulance": {"operators": 3, "acts_for": ["fire"]},
            },
            "playbooks": ["armed_attack"],
            "stations": {"centre": {"at": [11.8790, 45.4090]}},
            "hospitals": {"policlinico": {"at": [11.8830, 45.4050], "beds": 60}},
            "units": {
                "patrols": {"unit": "police", "count": 16, "station": "centre"},
                "ambulances": {"unit": "ambulance", "count": 16, "station": "centre"},
                "engines": {"unit": "fire", "count": 8, "station": "centre"},
            },
        },
        "interventions": {"announcement": {"kind": "warning", "by_playbook": True, "repeats": 6}},
        "record": {"frame_every": 5, "checkpoint_every": 300},
    }  # fmt: skip


def main() -> None:
    """Run and print one JSON document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--inside", type=int, default=3_000, help="people on the square")
    parser.add_argument("--radius", type=float, default=60.0, help="of the focus, m")
    parser.add_argument("--vehicles", type=int, default=2_000)
    parser.add_argument("--sensors", type=int, default=200)
    parser.add_argument("--duration", type=float, default=3600.0, help="simulated s")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    warm_up()
    scenario = read_scenario_text(json.dumps(build_document(options)))
    city = scenario.open_map()
    with tempfile.TemporaryDirectory() as folder:
        options.duration = 20.0
        short = read_scenario_text(json.dumps(build_document(options)))
        simulate(short, path=Path(folder) / "warm.h5", threads=options.threads, city=city)
        wall, cpu = time.perf_counter(), time.process_time()
        recording = simulate(scenario, path=Path(folder) / "run.h5", threads=options.threads, city=city)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps(describe(recording, wall, cpu), indent=1))


def describe(recording: Recording, wall: float, cpu: float) -> dict[str, object]:
    """Return what is printed."""
    summary = recording.summary
    run_s = wall - float(summary["setup_seconds"])
    return {
        "people": len(recording.static("people")["uid"]),
        "assets": len(recording.static("assets")["id"]),
        "streams": len(recording.static("streams")["id"]),
        "simulated_s": summary["end_s"],
        "setup_s": round(float(summary["setup_seconds"]), 1),
        "run_s": round(run_s, 1),
        "cpu_per_wall": round(cpu / wall, 2),
        "real_time_factor": round(float(summary["end_s"]) / run_s, 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "digest": summary["digest"],
    }


if __name__ == "__main__":
    main()
