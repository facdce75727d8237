"""A whole city link by link around a two-dimensional square: real-time factor and peak memory.

    python benchmarks/city.py monaco_nice_2016.osm.pbf --at 7.4266,43.7403 --radius 150
    python benchmarks/city.py --inside 0 --radius 40 --vehicles 20000 --infrastructure --duration 3600

The map is any OpenStreetMap file or the name of a map; IMPETUS_DATA is looked through for the file.
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


def build_document(options: argparse.Namespace) -> dict[str, object]:
    """Return the scenario: people at buildings set out over five minutes, a square full of people leaves."""
    lon, lat = (float(part) for part in options.at.split(","))
    focus = {"at": [lon, lat], "radius": options.radius}
    city = {"at": [lon, lat], "radius": 20_000}
    to_square, through = options.people // 20, options.people - options.people // 20 - options.inside
    document: dict[str, object] = {
        "title": "A city around a square",
        "map": find_map(options.map),
        "time": {"duration": options.duration},
        "crowd": {
            "step": 0.05,
            "focus": focus,
            "street_exits": True,
            "links": {"speed_density": options.speed_density},
            "populations": {
                "square": {
                    "count": options.inside,
                    "at": focus,
                    "activity": "stay" if options.stay else "leave",
                    "premovement": {"kind": "uniform", "low": 0, "high": options.duration},
                },
                "to_square": {
                    "count": to_square,
                    "at": {"at": [lon, lat], "radius": 1500},
                    "network": {"to": focus, "spread": "buildings", "start": 0, "end": 300},
                },
                "city": {
                    "count": through,
                    "at": city,
                    "activity": "leave",
                    "network": {"spread": "buildings", "start": 0, "end": 300},
                },
            },
        },
        "record": {"frame_every": options.frame_every, "checkpoint_every": options.checkpoint_every},
    }
    if options.vehicles:
        everyday = {"kind": "gravity", "trips": options.vehicles, "end": options.duration, "through": 0.15}
        document["traffic"] = {
            "demand": {"everyday": everyday | {"mean_distance": 1000}},
            "record_every": 30,
        }
    if options.infrastructure:
        density = dict.fromkeys(("transformer", "cell", "siren", "sign", "petrol_station"), "typical")
        document["infrastructure"] = {"repair": {}, "density": density | {"camera": NICE_PEOPLE_PER_CAMERA}}
        cut = {"kind": "asset_failure", "assets": ["feeder_1_1", "feeder_2_1"], "start": 60}
        document["hazards"] = {"cut": cut}
    return document


NICE_PEOPLE_PER_CAMERA = 84
"""4 113 cameras of the city in 2023 (20 Minutes, 10 April 2023)."""

TINY = {
    "title": "warm-up",
    "map": {"synthetic": {"kind": "grid_city", "columns": 5, "rows": 5}},
    "time": {"duration": 20},
    "crowd": {
        "focus": {"at": {"box": [114, 114, 258, 258]}},
        "street_exits": True,
        "links": {"speed_density": "weidmann"},
        "populations": {
            "visitors": {"count": 50, "at": {"box": [80, 80, 290, 290]}, "network": {"to": "square"}},
            "here": {"count": 200, "at": "square", "activity": "leave"},
        },
    },
}
"""Compiles the kernels of links before anything is timed."""


def main() -> None:
    """Run and print one JSON document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("map", nargs="?", default="monaco_nice_2016.osm.pbf")
    parser.add_argument("--at", default="7.4266,43.7403", help="lon,lat of the square")
    parser.add_argument("--radius", type=float, default=160.0, help="of the focus, m")
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--inside", type=int, default=12_000, help="people on the square at the start")
    parser.add_argument("--stay", action="store_true", help="the square's people stay")
    parser.add_argument("--duration", type=float, default=120.0, help="simulated s")
    parser.add_argument("--frame-every", type=float, default=1.0)
    parser.add_argument("--checkpoint-every", type=float, default=60.0)
    parser.add_argument("--vehicles", type=int, default=0, help="trips that set out during the run")
    parser.add_argument(
        "--infrastructure", action="store_true", help="with power, water and phones; feeders fail"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--speed-density", choices=("measured", "weidmann"), default="measured")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    warm_up()
    simulate(read_scenario_text(json.dumps(TINY)), threads=options.threads)
    scenario = read_scenario_text(json.dumps(build_document(options)))
    city = scenario.open_map()
    with tempfile.TemporaryDirectory() as folder:
        path = options.output or Path(folder) / "city.h5"
        wall, cpu = time.perf_counter(), time.process_time()
        recording = simulate(scenario, path=path, threads=options.threads, city=city, check=options.check)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps(describe(recording, wall, cpu), indent=1))


def describe(recording: Recording, wall: float, cpu: float) -> dict[str, object]:
    """Return what is printed."""
    counts, summary = recording.counts(), recording.summary
    run_s = wall - float(summary["setup_seconds"])
    return {
        "people": int(counts["entered"][0]),
        "inside_first_least_last": [int(f(counts["inside"])) for f in (lambda n: n[0], min, lambda n: n[-1])],
        "on_links_last": int(counts["away"][-1]),
        "left": int(counts["left"][-1]),
        "border_in_out": [int(counts["border_in"][-1].sum()), int(counts["border_out"][-1].sum())],
        "assets": len(recording.static("assets")["id"]) if "assets" in recording.static_names else 0,
        "vehicles": len(recording.static("vehicles")["uid"]) if "vehicles" in recording.static_names else 0,
        "simulated_s": summary["end_s"],
        "setup_s": round(float(summary["setup_seconds"]), 1),
        "run_s": round(run_s, 1),
        "cpu_s": round(cpu, 1),
        "cpu_per_wall": round(cpu / wall, 2),
        "real_time_factor": round(float(summary["end_s"]) / run_s, 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "file_mb": round(recording.path.stat().st_size / 1e6, 1),
        "digest": summary["digest"],
    }


if __name__ == "__main__":
    main()
