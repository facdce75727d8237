"""From a recording to a film or a still of one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.causes import first_of_each, read_trace
from impetus_sim.analysis.moving.base import Moving
from impetus_sim.analysis.moving.find import find_moving
from impetus_sim.errors import InvalidInputError
from impetus_sim.files import written_whole
from impetus_sim.recording.reader import Recording
from impetus_sim.report.film.encode import Rgb, write_film
from impetus_sim.report.film.paint import choose_radius, paint_marks
from impetus_sim.report.film.panel import Panel
from impetus_sim.report.film.stage import Stage, build_stage
from impetus_sim.report.film.timing import Timing, places_at, plan_timing
from impetus_sim.report.scene import Scene, Threat, read_scene

PERSON_M: Final = 0.45
"""Breadth of a person, metres; Fruin (1971), rounded."""
VEHICLE_M: Final = 4.0
_THREAT_RGB: Final[Rgb] = (163, 18, 58)
_QUIET: Final = frozenset({"aware", "left", "entered"})
"""Kinds of events that happen to every single person: the counts tell them."""


class Film:
    """Draws the moments of a recording.

    Parameters
    ----------
    recording
        With positions of people, vehicles or units.
    speed
        Simulated seconds in a second of film, said in the panel; 0 for a still.
    is_whole
        Show everything that moved, not the ground of the crowd alone.

    Raises
    ------
    InvalidInputError
        When nothing that moves was recorded.
    """

    def __init__(self, recording: Recording, *, speed: float, is_whole: bool = False) -> None:
        self._kinds = find_moving(recording)
        if not self._kinds:
            raise InvalidInputError(
                f"'{recording.path}' holds no positions",
                hint="record them: see recording in docs/scenarios.md",
            )
        scene = read_scene(recording)
        self._threats = scene.threats
        if is_whole or not any(kind.key == "people" for kind in self._kinds):
            scene = replace(scene, view=_view_of(self._kinds, scene))
        self._people = next((kind for kind in self._kinds if kind.key == "people"), None)
        n_people = self._people.n if self._people else 0
        self._stage = build_stage(recording, replace(scene, threats=()), self._kinds, n_people=n_people)
        self._panel = Panel(
            self._stage,
            start=str(recording.attributes.get("start_time") or ""),
            events=first_of_each(
                event for event in read_trace(recording).events.values() if event.kind not in _QUIET
            ),
            speed=speed,
        )
        self._colours = {kind.key: _colours_of(kind) for kind in self._kinds}
        self._counts = recording.counts()
        self._count_times_s = np.asarray(recording.seconds(self._counts["tick"]), np.float64)

    @property
    def colours(self) -> list[Rgb]:
        """Colours of all marks."""
        held = {_THREAT_RGB: None}
        for kind in self._kinds:
            for mark in kind.states.values():
                held[_rgb(mark.colour)] = None
        return list(held)

    def pictures(self, times_s: npt.NDArray[np.float64]) -> Iterator[Any]:
        """Yield a Pillow image for each of ascending times."""
        streams = [places_at(kind, times_s) for kind in self._kinds]
        for t_s, *places in zip(times_s, *streams, strict=True):
            picture = self._stage.pixels.copy()
            for threat in self._threats:
                if threat.t_s <= t_s:
                    _paint_threat(picture, threat, self._stage)
            # People last: they are the smallest and what it is about.
            for kind, (x, y, state) in sorted(
                zip(self._kinds, places, strict=True), key=lambda pair: pair[0].key == "people"
            ):
                self._paint(picture, kind, x, y, state)
            yield self._panel.write(picture, float(t_s), self._count(float(t_s)))

    def _paint(self, picture: npt.NDArray[np.uint8], kind: Moving, x: Any, y: Any, state: Any) -> None:
        is_people = kind.key == "people"
        column, row = self._stage.to_pixels(x, y)
        radius = choose_radius(
            len(x), self._stage.pixels_per_m, width_m=PERSON_M if is_people else VEHICLE_M / 2
        )
        paint_marks(
            picture,
            column,
            row,
            self._colours[kind.key][state],
            box=self._stage.map_box,
            radius=radius,
            shape="dot" if is_people else "square",
        )

    def _count(self, t_s: float) -> list[tuple[str, int]]:
        at = int(np.searchsorted(self._count_times_s, t_s, side="right")) - 1
        if at < 0 or self._people is None:
            return []
        return [
            (words, int(self._counts[name][at]))
            for name, words in (("inside", "people inside"), ("left", "people out"))
            if name in self._counts
        ]


def save_film(
    recording: Recording,
    path: Path,
    *,
    fps: int,
    speed: float | None = None,
    from_s: float | None = None,
    to_s: float | None = None,
    is_whole: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Timing:
    """Write a film of a run or a part of it, MP4 or GIF by the suffix, and return its moments."""
    timing = plan_timing(recording, fps=fps, speed=speed, from_s=from_s, to_s=to_s)
    film = Film(recording, speed=timing.speed, is_whole=is_whole)

    def told() -> Iterator[Any]:
        for number, picture in enumerate(film.pictures(timing.times_s)):
            progress(number, len(timing))
            yield picture

    write_film(path, told(), fps=fps, colours=film.colours)
    return timing


def save_still(recording: Recording, path: Path, *, at_s: float, is_whole: bool = False) -> Path:
    """Write one moment as PNG, drawn as in a film."""
    if not 0.0 <= at_s <= recording.recorded_until_s:
        raise InvalidInputError(
            f"nothing was recorded at {at_s:g} s",
            hint=f"the recording holds 0 s to {recording.recorded_until_s:g} s",
        )
    film = Film(recording, speed=0.0, is_whole=is_whole)
    picture = next(film.pictures(np.array([at_s])))
    with written_whole(path) as temporary:
        picture.save(temporary, format="PNG")
    return path


def _view_of(kinds: list[Moving], scene: Scene) -> tuple[float, float, float, float]:
    boxes = [kind.box for kind in kinds if kind.box is not None]
    if not boxes:
        return scene.view
    west, south, east, north = (edge(box[k] for box in boxes) for k, edge in enumerate((min, min, max, max)))
    margin = max(0.03 * max(east - west, north - south), 1.0)
    return west - margin, east + margin, south - margin, north + margin


def _colours_of(kind: Moving) -> npt.NDArray[np.uint8]:
    colours = np.full((256, 3), 90, np.uint8)
    for code, mark in kind.states.items():
        colours[code] = _rgb(mark.colour)
    return colours


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return red, green, blue


def _paint_threat(picture: npt.NDArray[np.uint8], threat: Threat, stage: Stage) -> None:
    """Paint a cross where it is and, where it has a reach, a dashed circle."""
    arm = np.arange(-7.0, 8.0)
    (x,), (y,) = stage.to_pixels(np.array([threat.x]), np.array([threat.y]))
    turn = np.linspace(0.0, 2.0 * np.pi, 180, endpoint=False)
    turn = turn[(np.arange(180) // 5) % 2 == 0] if threat.danger_m > 0.0 else turn[:0]
    reach = threat.danger_m * stage.pixels_per_m
    column = np.concatenate([x + arm, x + arm, x + reach * np.cos(turn)])
    row = np.concatenate([y + arm, y - arm, y + reach * np.sin(turn)])
    colours = np.full((len(column), 3), _THREAT_RGB, np.uint8)
    paint_marks(picture, column, row, colours, box=stage.map_box, radius=1.5)
