"""How fast a large recording opens and seeks in the viewer: 100 000 people, 3 600 frames.

The recording is made by the real writer, with segments and key frames as a run makes them. "Open" is everything
the page asks for before it can draw: session, meta, map and the first chunk. "Seek" is one chunk of any level.

    python benchmarks/replay_serving.py --file large.h5 [--people 100000] [--frames 3600]
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely

from impetus_sim.recording.header import Header
from impetus_sim.recording.writer import RecordingWriter

SIDE_M = 2000.0
FRAMES_A_CHECKPOINT = 60
TICKS_A_FRAME = 100
N_SEEKS = 50
N_BUILDINGS = 20_000


def make_recording(path: Path, *, n_people: int, n_frames: int) -> None:
    """Write a city of walking people, one frame a second, some of whom come late and leave early."""
    draw = np.random.default_rng(1)
    corner = draw.uniform(0.0, SIDE_M - 15.0, (N_BUILDINGS, 2))
    buildings = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + 10.0, corner[:, 1] + 8.0)
    header = Header(
        attributes={
            "title": "Synthetic city of walkers",
            "seed": 1,
            "replicate": 0,
            "resolution_us": 10_000,
            "duration_ticks": n_frames * TICKS_A_FRAME,
            "start_time": "2026-01-01T12:00:00",
            "frame_states": '["standing", "walking to place", "aware, not yet moving", "leaving", "held back"]',
            "scenario": "{}",
        },
        static={
            "ground": {"wkt": shapely.box(0.0, 0.0, SIDE_M, SIDE_M).wkt, "walls": np.zeros((0, 4))},
            "people": {"uid": np.arange(n_people, dtype=np.uint64)},
            "backdrop": {"buildings_wkt": np.array(shapely.to_wkt(buildings, rounding_precision=2), object)},
        },
    )
    place = draw.uniform(20.0, SIDE_M - 20.0, (n_people, 2))
    step = draw.normal(0.0, 1.0, (n_people, 2))
    first = draw.integers(0, n_frames // 10 + 1, n_people)
    last = draw.integers(n_frames * 9 // 10, n_frames + 1, n_people)
    with RecordingWriter.create(path, header) as writer:
        for frame in range(n_frames):
            place += step + draw.normal(0.0, 0.05, place.shape)
            is_out = (place < 0.0) | (place > SIDE_M)
            step[is_out] *= -1.0
            np.clip(place, 0.0, SIDE_M, out=place)
            rows = np.flatnonzero((first <= frame) & (frame <= last)).astype(np.int32)
            state = (rows % 4).astype(np.uint8)
            writer.add_frame(frame * TICKS_A_FRAME, rows, place[rows, 0], place[rows, 1], state)
            writer.add_counts(frame * TICKS_A_FRAME, {"inside": len(rows)})
            if frame % FRAMES_A_CHECKPOINT == 0:
                writer.end_segment()
        writer.finish(tables={}, summary={"digest": "synthetic", "metrics": {}})


def measure(what: str, action: Callable[[], object], *, limit_s: float) -> None:
    """Print wall and processor time of one action against its limit."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:42s} {wall:8.3f} s wall, {cpu:8.3f} s processor, limit {limit_s:g} s")


def main() -> None:
    """Make the recording unless it is there, then open and seek."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--frames", type=int, default=3_600)
    options = parser.parse_args()
    if not options.file.exists():
        began = time.perf_counter()
        make_recording(options.file, n_people=options.people, n_frames=options.frames)
        print(f"made in {time.perf_counter() - began:.0f} s")
    print(f"{options.file}: {options.file.stat().st_size / 1e6:.0f} MB")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fastapi.testclient import TestClient
    from impetus_sim.replay.app import create_app
    from impetus_sim.replay.security import Access
    from impetus_sim.replay.session import Session

    held: dict[str, TestClient] = {}

    def open_it() -> None:
        access = Access()
        client = TestClient(create_app(Session([options.file]), access), base_url="http://127.0.0.1:80")
        client.get(f"/?token={access.new_token()}").raise_for_status()
        for address in ("session", "r/a/meta", "r/a/map", "r/a/chunk/people/0/0"):
            measure(f"  {address}", lambda a=address: client.get(f"/api/{a}").raise_for_status(), limit_s=3.0)
        held["client"] = client

    measure("open", open_it, limit_s=3.0)
    client = held["client"]
    levels = client.get("/api/r/a/meta").json()["frames"]["people"]["levels"]
    draw = np.random.default_rng(2)
    for level in levels:
        walls, cpus = [], []
        for chunk in draw.integers(0, level["n_chunks"], N_SEEKS if level["n_chunks"] > 1 else 5).tolist():
            wall, cpu = time.perf_counter(), time.process_time()
            client.get(f"/api/r/a/chunk/people/{level['level']}/{chunk}").raise_for_status()
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        print(
            f"seek, level {level['level']}: median {statistics.median(walls):.3f} s wall, "
            f"{statistics.median(cpus):.3f} s processor, worst {max(walls):.3f} s wall, limit 0.5 s"
        )


if __name__ == "__main__":
    main()
