"""Simple controls of an EPANET file: when one acts next, and taking those of a link out of use for a while.

A pump without power must stay off. EPANET's controls would start it again, so they are taken out while it is held,
and what they would have said in the meantime by time is made up for when they are put back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.water.codes import ControlKind, Count, Link, LinkKind, Time
from impetus_sim.infrastructure.water.project import Project
from impetus_sim.infrastructure.water.tanks import STILL_M3_S, Tanks

Floats = npt.NDArray[np.float64]

_DAY_S = 86_400


@dataclass(frozen=True, kw_only=True)
class Control:
    """One simple control, numbers as the toolkit counts; `node` 0 where it acts by time."""

    number: int
    kind: int
    link: int
    setting: float
    node: int
    level: float


class SimpleControls:
    """All simple controls of a project.

    Parameters
    ----------
    project, tanks
        Opened.
    """

    def __init__(self, project: Project, tanks: Tanks) -> None:
        self._project, self._tanks = project, tanks
        self._clock_start_s = project.time_s(Time.CLOCK_START)
        self._controls = [
            Control(number=number, kind=kind, link=link, setting=setting, node=node, level=level)
            for number in range(1, project.count(Count.CONTROLS) + 1)
            for kind, link, setting, node, level in [project.control(number)]
            if link
        ]
        self._out: set[int] = set()
        self._kind = np.array([c.kind for c in self._controls], np.int64)
        self._row = np.array([c.link - 1 for c in self._controls], np.int64)
        self._setting = np.array([c.setting for c in self._controls])
        self._level = np.array([c.level for c in self._controls])
        self._has_setting = project.kinds("link")[self._row] >= LinkKind.PUMP
        self._by_time = self._kind >= ControlKind.TIMER
        tank = [tanks.row_of_node.get(c.node - 1) for c in self._controls]
        self._by_level = np.array([k is not None for k in tank], bool)
        levels = zip(tank, self._controls, strict=True)
        pairs = [(k, c) for k, c in levels if k is not None]
        self._tank = np.array([k for k, _ in pairs], np.int64)
        self._rises = np.array([c.kind == ControlKind.HIGH_LEVEL for _, c in pairs], bool)
        self._volume = np.array([tanks.volume_m3(k, c.level * project.length_m) for k, c in pairs])

    def take_out(self, link: int) -> None:
        """Take the controls of a link (its row) out of use."""
        self._out.add(link)
        for c in self._of(link):
            self._project.write_control(c.number, c.kind, 0, c.setting, c.node, c.level)

    def put_back(self, link: int) -> None:
        """Put them back."""
        self._out.discard(link)
        for c in self._of(link):
            self._project.write_control(c.number, c.kind, c.link, c.setting, c.node, c.level)

    def said_by_time(self, link: int, after_s: int, until_s: int) -> float | None:
        """Return the setting that the last control by time gave a link in (after, until]; None when none did."""
        last: tuple[int, int] | None = None
        setting = None
        for c in self._of(link):
            if c.kind == ControlKind.TIMER:
                acted_s = int(c.level)
            elif c.kind == ControlKind.TIME_OF_DAY:
                acted_s = until_s - (until_s + self._clock_start_s - int(c.level)) % _DAY_S
            else:
                continue
            if after_s < acted_s <= until_s and (last is None or (acted_s, c.number) > last):
                last, setting = (acted_s, c.number), c.setting
        return setting

    def next_s(self, now_s: int, before_s: int, volumes_m3: Floats) -> int:
        """Return the first time, before another, at which a control acts with the flows of now.

        Parameters
        ----------
        now_s, before_s
            Seconds since the start.
        volumes_m3
            In tanks, now.
        """
        if not self._controls:
            return before_s
        status = self._project.link_values(Link.STATUS, self._row)
        setting = self._project.link_values(Link.SETTING, self._row)
        acts = ~np.isin(self._row, list(self._out)) & (
            ((self._setting > 0.0) != (status > 0.0)) | (self._has_setting & (self._setting != setting))
        )
        wait_s = self._waits_s(now_s, volumes_m3)
        wait_s = wait_s[acts & (wait_s > 0)]
        return min(before_s, now_s + int(wait_s.min())) if len(wait_s) else before_s

    def _waits_s(self, now_s: int, volumes_m3: Floats) -> npt.NDArray[np.int64]:
        # Until each acts; 0 when it does not by itself. Rounded to whole seconds as the toolkit rounds.
        waits = np.where(
            self._kind == ControlKind.TIMER,
            self._level - now_s,
            (self._level - now_s - self._clock_start_s) % _DAY_S,
        )
        flow = self._tanks.inflow_m3_s[self._tank]
        gap = self._volume - volumes_m3[self._tank]
        comes = (np.abs(flow) > STILL_M3_S) & ((flow > 0.0) == self._rises) & ((gap > 0.0) == self._rises)
        by_level = np.zeros(len(gap))
        np.divide(gap, flow, out=by_level, where=comes)
        waits[self._by_level] = np.floor(by_level + 0.5)
        waits[~self._by_level & ~self._by_time] = 0
        return waits.astype(np.int64)

    def _of(self, link: int) -> list[Control]:
        return [c for c in self._controls if c.link == link + 1]
