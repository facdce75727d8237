"""Pumps and valves that somebody holds: what they were told stays written down, and nothing else may move them.

WNTR's outages are single controls that the file's own controls undo (WNTR issue 299). Here a held link has its
controls and its pattern taken out, and rules that moved it are undone before the next solution.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.water.codes import Link, LinkKind
from impetus_sim.infrastructure.water.controls import SimpleControls
from impetus_sim.infrastructure.water.project import Project
from impetus_sim.infrastructure.water.supply import PumpMode


class Holds:
    """Who commands pumps and valves.

    Parameters
    ----------
    n_pumps, n_links
        How many; pumps are links too.

    Attributes
    ----------
    pumps
        has_power, mode, is_held: whether the file's controls are out. told: its setting (relative speed, 0 off)
        by the last command. held_s: since when it is held. flow_m3_s, power_w: of the last solution.
    links
        is_shut: by an input. told: its setting before. held_s: since when.
    """

    def __init__(self, n_pumps: int, n_links: int) -> None:
        columns = {"has_power": "u1", "mode": "u1", "is_held": "u1", "told": "f8", "held_s": "i8"}
        self.pumps = Table("water_pumps", n_pumps, columns | {"flow_m3_s": "f8", "power_w": "f8"})
        self.links = Table("water_links", n_links, {"is_shut": "u1", "told": "f8", "held_s": "i8"})

    def begin(self, project: Project, controls: SimpleControls, pump_links: npt.NDArray[np.int64]) -> None:
        """Take over a network just opened, in which nobody holds anything."""
        self._project, self._controls, self._rows = project, controls, pump_links
        self._pump_of_link = {int(row): k for k, row in enumerate(pump_links)}
        self._kinds = project.kinds("link")
        self._patterns = project.link_values(Link.PATTERN)
        for table in (self.pumps, self.links):
            for column in table.columns.values():
                column[:] = 0
        self.pumps.has_power[:] = 1

    def set_power(self, pump: int, has_power: bool, now_s: int) -> None:
        """Give power to a pump, or take it away."""
        self.pumps.has_power[pump] = has_power
        self._update(pump, now_s)

    def set_mode(self, pump: int, mode: int, now_s: int) -> None:
        """Say who commands a pump."""
        if mode == PumpMode.HOLD:
            self.pumps.told[pump] = self._last_command(pump)
        self.pumps.mode[pump] = mode
        self._update(pump, now_s)

    def set_link(self, row: int, is_open: bool, now_s: int) -> None:
        """Shut a link, or leave it to its controls again."""
        if bool(self.links.is_shut[row]) != is_open:
            return
        self.links.is_shut[row] = not is_open
        if row in self._pump_of_link:
            self._update(self._pump_of_link[row], now_s)
        elif is_open:
            self._controls.put_back(row)
            self._restore(row, float(self.links.told[row]), int(self.links.held_s[row]), now_s)
        else:
            self.links.told[row] = self._setting_of(row)
            self.links.held_s[row] = now_s
            self._controls.take_out(row)
            self._project.write_link(row, Link.STATUS, 0.0)

    def undo_rules(self) -> None:
        """Write what is told once more, where rules have moved what is held."""
        for pump in np.flatnonzero(self.pumps.is_held):
            self._write_pump(int(pump))
        for row in np.flatnonzero(self.links.is_shut):
            if int(row) not in self._pump_of_link:
                self._project.write_link(int(row), Link.STATUS, 0.0)

    # -- pumps -------------------------------------------------------------------------------------------------

    def _update(self, pump: int, now_s: int) -> None:
        row = int(self._rows[pump])
        is_held = (
            not self.pumps.has_power[pump]
            or self.pumps.mode[pump] != PumpMode.AUTOMATIC
            or bool(self.links.is_shut[row])
        )
        if is_held and not self.pumps.is_held[pump]:
            if self.pumps.mode[pump] != PumpMode.HOLD:
                self.pumps.told[pump] = self._project.link_value(row, Link.SETTING)
            self.pumps.held_s[pump] = now_s
            self._controls.take_out(row)
            if self._patterns[row]:
                self._project.write_link(row, Link.PATTERN, 0.0)
        elif not is_held and self.pumps.is_held[pump]:
            self._controls.put_back(row)
            if self._patterns[row]:
                self._project.write_link(row, Link.PATTERN, self._patterns[row])
            self._restore(row, float(self.pumps.told[pump]), int(self.pumps.held_s[pump]), now_s)
        self.pumps.is_held[pump] = is_held
        if is_held:
            self._write_pump(pump)

    def _last_command(self, pump: int) -> float:
        mode, told = self.pumps.mode[pump], float(self.pumps.told[pump])
        if not self.pumps.is_held[pump]:
            return self._project.link_value(int(self._rows[pump]), Link.SETTING)
        if mode == PumpMode.OFF:
            return 0.0
        return (told or 1.0) if mode == PumpMode.ON else told

    def _write_pump(self, pump: int) -> None:
        row = int(self._rows[pump])
        can_run = self.pumps.has_power[pump] and not self.links.is_shut[row]
        told = self._last_command(pump) if can_run else 0.0
        if told != self._project.link_value(row, Link.SETTING):
            self._project.write_link(row, Link.SETTING, told)

    # -- both --------------------------------------------------------------------------------------------------

    def _setting_of(self, row: int) -> float:
        # Of a pipe only open or shut can be told; a valve that is shut or wide open by status has no setting.
        if self._kinds[row] <= LinkKind.PIPE:
            return self._project.link_value(row, Link.STATUS)
        return self._project.link_value(row, Link.SETTING)

    def _restore(self, row: int, told: float, held_s: int, now_s: int) -> None:
        by_time = self._controls.said_by_time(row, held_s, now_s)
        setting = told if by_time is None else by_time
        what = Link.STATUS if self._kinds[row] <= LinkKind.PIPE else Link.SETTING
        self._project.write_link(row, what, setting)
