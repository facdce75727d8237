"""A made-up recording in the form in which the viewer's server sends one: any number of agents, no file.

Positions follow from the agent's number and the time, so that a test can say who must be where.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from impetus_sim.replay.wire import NOT_THERE, Window, encode_chunk

CHUNK_FRAMES = 10
STATES = {
    "0": {"name": "walking", "colour": "#0072b2", "label": "walking"},
    "1": {"name": "waiting", "colour": "#d55e00", "label": "waiting"},
}
HINT = "Record it again."


class FakeCity:
    """A square town of streets and blocks in which everybody walks to and fro.

    Parameters
    ----------
    rid
        The recording's id.
    n_people, n_frames, frame_s
        How many, and how often they are seen, seconds.
    side_m
        Of the town.
    n_buildings
        Roughly.
    shift_m
        By which all stand further east than usual: tells two recordings apart.
    """

    def __init__(
        self, rid: str = "a", *, n_people: int = 200, n_frames: int = 241, frame_s: float = 0.5,
        side_m: float = 240.0, n_buildings: int = 64, shift_m: float = 0.0,
    ) -> None:  # fmt: skip
        self.rid, self.n_people, self.side_m, self.shift_m = rid, n_people, side_m, shift_m
        self.times_s = np.arange(n_frames) * frame_s
        self.box = (0.0, 0.0, side_m, side_m)
        self.n_blocks = max(2, round(math.sqrt(n_buildings)))
        draw = np.random.default_rng(7)
        margin = 0.1 * side_m
        self.middle = draw.uniform(margin, side_m - margin, (n_people, 2))
        self.reach = draw.uniform(0.01, 0.08, (n_people, 2)) * side_m
        crowded = np.arange(n_people) % 8 == 1  # some stand close together, so that there is a density to see
        self.middle[crowded] = draw.normal(side_m / 2, 0.01 * side_m, (int(crowded.sum()), 2))
        self.reach[crowded] *= 0.05
        self.pace = draw.uniform(0.02, 0.2, n_people)

    def positions(self, t_s: float) -> np.ndarray:
        """Return where everybody is, metres (people, 2), those who left included."""
        phase = np.outer(self.pace, (1.0, 0.7)) * t_s
        return self.middle + self.reach * np.sin(phase) + (self.shift_m, 0.0)

    def states(self, t_s: float) -> np.ndarray:
        """Return states (people,): every tenth leaves one after the other, every fourth waits."""
        states = (np.arange(self.n_people) % 4 == 0).astype(np.uint8)
        last = self.times_s[-1]
        leaves_s = last * (0.25 + 0.75 * np.arange(self.n_people) / self.n_people)
        states[(np.arange(self.n_people) % 10 == 9) & (leaves_s <= t_s)] = NOT_THERE
        return states

    def count_inside(self, box: tuple[float, float, float, float], t_s: float) -> int:
        """Return how many people are in a box (west, south, east, north) at a time."""
        at, states = self.positions(t_s), self.states(t_s)
        inside = (at[:, 0] >= box[0]) & (at[:, 0] <= box[2]) & (at[:, 1] >= box[1]) & (at[:, 1] <= box[3])
        return int(np.count_nonzero(inside & (states != NOT_THERE)))

    def strides(self) -> list[int]:
        """Return the strides of the levels of frames."""
        strides = [1]
        while len(self.times_s) / (strides[-1] * 10) >= 5:
            strides.append(strides[-1] * 10)
        return strides

    def chunk(self, level: int, number: int) -> bytes:
        """Return ten frames of a level as the server sends them; those who have left are left out."""
        times_s = self.times_s[:: self.strides()[level]][number * CHUNK_FRAMES : (number + 1) * CHUNK_FRAMES]
        state = np.stack([self.states(t) for t in times_s])
        ids = np.flatnonzero((state != NOT_THERE).any(axis=0)).astype(np.int32)
        at = np.stack([self.positions(t)[ids] for t in times_s])
        window = Window(times_s=times_s, ids=ids, x=at[..., 0], y=at[..., 1], state=state[:, ids])
        return encode_chunk(window, self.box)

    def meta(self) -> dict[str, Any]:
        """Return what the page is told first."""
        n = len(self.times_s)
        levels = [
            {
                "level": k,
                "stride": s,
                "n_frames": math.ceil(n / s),
                "n_chunks": math.ceil(n / s / CHUNK_FRAMES),
            }
            for k, s in enumerate(self.strides())
        ]
        signal = [{"colour": "#009e73", "label": "green"}, {"colour": "#d55e00", "label": "dark"}]
        smoke = [
            {"low": 0.1, "high": 0.5, "colour": "#c9b8d8", "label": "0.1 to 0.5"},
            {"low": 0.5, "high": None, "colour": "#5d3a9b", "label": "0.5 and more"},
        ]
        return {
            "rid": self.rid, "name": f"{self.rid}.h5", "title": f"Fake town {self.rid.upper()}",
            "description": "Made up.", "digest": self.rid * 16, "seed": 1, "status": "whole", "status_text": "",
            "box": list(self.box), "quantum_m": self.side_m / 65535, "lonlat": None, "start_clock": "14:00:00",
            "duration_s": float(self.times_s[-1]), "attribution": "© OpenStreetMap contributors, ODbL",
            "moving": {"people": {"n": self.n_people, "states": STATES}},
            "frames": {
                "people": {"times_s": self.times_s.tolist(), "chunk_frames": CHUNK_FRAMES, "levels": levels}
            },
            "layers": [
                {"name": "signals", "title": "Traffic signals", "kind": "tracks", "legend": signal},
                {"name": "sensors", "title": "Cameras", "kind": "tracks", "legend": signal, "group": "Sensors"},
                {
                    "name": "smoke", "title": "Smoke", "kind": "field", "unit": "g/m³", "legend": smoke,
                    "times_s": [20, 40],
                },
            ],
            "metrics": {}, "sampled": None,
        }  # fmt: skip

    def map(self) -> dict[str, Any]:
        """Return blocks of buildings between streets."""
        step, n = self.side_m / self.n_blocks, self.n_blocks
        buildings, streets = [], []
        for i in range(n):
            along = i * step
            streets.append(
                {
                    "class": "residential",
                    "width_m": 0.1 * step,
                    "name": f"Street {i}",
                    "points": [along, 0, along, self.side_m],
                }
            )
            streets.append(
                {
                    "class": "residential",
                    "width_m": 0.1 * step,
                    "name": f"Lane {i}",
                    "points": [0, along, self.side_m, along],
                }
            )
            for j in range(n):
                x0, y0, x1, y1 = (i + 0.2) * step, (j + 0.2) * step, (i + 0.8) * step, (j + 0.7) * step
                buildings.append([x0, y0, x1, y0, x1, (y0 + y1) / 2, (x0 + x1) / 2, y1, x0, y1])
        exits = [
            {
                "id": "east",
                "name": "East gate",
                "points": [self.side_m, 0.45 * self.side_m, self.side_m, 0.55 * self.side_m],
            }
        ]
        return {
            "buildings": buildings,
            "streets": streets,
            "walkable": [],
            "walls": [],
            "exits": exits,
            "places": [],
        }

    def events(self) -> list[dict[str, Any]]:
        """Return a few events with causes."""
        middle = self.side_m / 2
        rows = [
            (1, 10.0, "hazard", "fire_started", "stall", "Fire at the stall", []),
            (2, 20.0, "detection", "alert", "camera_1", "Camera 1 sees smoke", [1]),
            (3, 30.25, "cyber", "signal_hacked", "signal_2", "Signal 2 goes dark", []),
            (4, 45.0, "people", "people_injured", "crowd", "3 people are hurt", [1]),
            (5, 60.0, "response", "unit_sent", "engine_1", "Engine 1 is sent", [2]),
        ]
        return [
            {"id": i, "t": t, "kind": kind, "group": group, "subject": subject, "text": text,
             "x": middle + 5 * i, "y": middle, "causes": causes, "effects": 1}
            for i, t, group, kind, subject, text, causes in rows
        ]  # fmt: skip

    def tracks(self, layer: str) -> dict[str, Any]:
        """Return two signals, or two cameras with fields of view."""
        quarter = self.side_m / 4
        places = [(quarter, quarter), (3 * quarter, 3 * quarter)]
        things: list[dict[str, Any]] = [
            {"id": f"{layer}_{k + 1}", "kind": layer, "x": x, "y": y, "label": f"{layer} {k + 1}"}
            for k, (x, y) in enumerate(places)
        ]
        if layer == "sensors":
            for thing in things:
                thing |= {"angle": 45.0, "spread": 60.0, "reach": 30.0}
        states = {
            "on": {"label": "green", "colour": "#009e73"},
            "off": {"label": "dark", "colour": "#d55e00"},
        }
        return {
            "things": things,
            "changes": [[0, 0, "on"], [0, 1, "on"], [30.25, 1, "off"]],
            "states": states,
        }

    def field(self, t_s: float) -> bytes:
        """Return a round cloud that grows."""
        n = 48
        rows, columns = np.mgrid[0:n, 0:n] / (n - 1) - 0.5
        share = np.clip(1 - np.hypot(rows, columns) * 400 / (t_s + 60), 0, 1)
        head = np.array([n, n, 0], "<u4").tobytes() + np.array([0, 0, self.side_m / n, 0, 1], "<f8").tobytes()
        return b"IMPG" + head + np.rint(255 * share).astype(np.uint8).tobytes()

    def series(self) -> dict[str, Any]:
        """Return how many are there."""
        times_s = self.times_s[:: max(1, len(self.times_s) // 100)]
        there = [int(np.count_nonzero(self.states(t) != NOT_THERE)) for t in times_s]
        return {
            "series": [
                {
                    "name": "inside",
                    "title": "People inside",
                    "unit": "people",
                    "t": times_s.tolist(),
                    "y": there,
                }
            ]
        }

    def agent(self, number: int, t_s: float) -> dict[str, Any]:
        """Return facts about one person."""
        times_s = self.times_s[::20]
        at = np.array([self.positions(t)[number] for t in times_s])
        facts = [
            {"label": "State", "value": STATES[str(int(number % 4 == 0))]["label"]},
            {"label": "Speed", "value": 1.2, "unit": "m/s"},
        ]
        return {
            "id": number, "kind": "people", "label": f"Person {number}", "facts": facts,
            "chain": [{"event_id": 1, "t": 10.0, "text": "Fire at the stall"}],
            "track": {"t": times_s.tolist(), "x": at[:, 0].tolist(), "y": at[:, 1].tolist()},
        }  # fmt: skip

    def find(self, words: str) -> list[dict[str, Any]]:
        """Return people whose number was asked for."""
        if not words.isdigit() or int(words) >= self.n_people:
            return []
        x, y = self.positions(0.0)[int(words)]
        return [{"kind": "people", "id": int(words), "label": f"Person {words}", "x": x, "y": y}]
