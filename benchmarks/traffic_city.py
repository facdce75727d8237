"""Everyday traffic of a whole city through the engine: share that arrives, real-time factor, processor time.

    python benchmarks/traffic_city.py monaco_nice_2016.osm.pbf --trips 100000

The map is any OpenStreetMap file or the name of a map; IMPETUS_DATA is looked through for the file. Trips set out
over two hours and are followed for three. The gravity model's distance and share of through traffic decide whether
the streets can carry them: by default a trip is about 3.4 km long on the bundled extract; with those of the
scenario's defaults, 5.4 km, the coast road alone would have to carry half as much again as it can.
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
from impetus_sim.scenario.load import read_scenario_text

DURATION_S = 10_800
DEPARTURES_END_S = 7_200


def build_document(options: argparse.Namespace, *, trips: int, duration_s: float) -> dict[str, object]:
    """Return the scenario: traffic only, besides a small focus without people."""
    lon, lat = (float(part) for part in options.at.split(","))
    return {
        "title": "Two hours of everyday traffic",
        "map": find_map(options.map),
        "time": {"duration": duration_s},
        "crowd": {"focus": {"at": [lon, lat], "radius": 60}},
        "traffic": {
            "demand": {
                "everyday": {
                    "kind": "gravity",
                    "trips": trips,
                    "end": DEPARTURES_END_S,
                    "mean_distance": options.mean_distance,
                    "through": options.through,
                }
            },
            "routing": {"update_every": options.update_every},
            "record_every": 60,
            "record_vehicles": False,
        },
    }


def main() -> None:
    """Run and print one JSON document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("map", nargs="?", default="monaco_nice_2016.osm.pbf")
    parser.add_argument("--at", default="7.4246,43.7396", help="lon,lat of the focus")
    parser.add_argument("--trips", type=int, default=100_000)
    parser.add_argument("--mean-distance", type=float, default=1000.0, help="of the gravity model, m")
    parser.add_argument("--through", type=float, default=0.15, help="share of trip ends at the map's edge")
    parser.add_argument("--update-every", type=float, default=120.0, help="time between updates of ways, s")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    small = read_scenario_text(json.dumps(build_document(options, trips=100, duration_s=60)))
    city = small.open_map()
    simulate(small, threads=options.threads, city=city)  # compiles the kernels before anything is timed
    document = build_document(options, trips=options.trips, duration_s=DURATION_S)
    scenario = read_scenario_text(json.dumps(document))
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.perf_counter(), time.process_time()
        recording = simulate(
            scenario,
            path=Path(folder) / "traffic.h5",
            seed=options.seed,
            threads=options.threads,
            city=city,
        )
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        arrived = int(recording.counts()["vehicles_arrived"][-1])
        result = {
            "trips": options.trips,
            "arrived_share": round(arrived / options.trips, 4),
            "wall_s": round(wall, 1),
            "real_time_factor": round(DURATION_S / wall, 1),
            "cpu_per_wall": round(cpu / wall, 2),
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "digest": recording.summary["digest"],
        }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
