"""One network opened in the EPANET toolkit: values in SI units, one hydraulic step at a time.

Nothing is written to disk: no report, no file of hydraulics, no file of results. (Runs that write them fail with
errors 303 and 304 after some thousands in one process.)
"""

from __future__ import annotations

import ctypes
import os
import weakref
from ctypes import byref, c_double, c_int, c_long, c_void_p
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidFilesError, InvalidInputError, RunFailedError
from impetus_sim.infrastructure.kernels.toolkit_calls import read_numbers, read_terms, read_values
from impetus_sim.infrastructure.water.codes import FLOW_M3_S, FOOT_M, LAST_US_UNIT, Count, Link, Node, Time
from impetus_sim.infrastructure.water.input_file import faults_of
from impetus_sim.infrastructure.water.library import error_text, load_library

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]

_FIRST_ERROR = 100
"""Codes below it are warnings: unbalanced, unstable, disconnected, pump beyond its curve, negative pressure."""
_ID_LENGTH = 64
_CHEMICAL = 1
_MASS_SOURCE = 1
_FRESH_FLOWS = 10
"""Start from first guesses of the flows, save nothing."""


class Project:
    """A network file, open; `close` frees it, or the collector does.

    Parameters
    ----------
    path
        EPANET input file (.inp).
    name
        Of the file in messages; its path when left out.

    Raises
    ------
    InvalidFilesError
        With what the toolkit does not accept in the file, line by line.
    InvalidInputError
        When the toolkit is not installed, or does not say where it fails.
    """

    def __init__(self, path: Path, *, name: str | None = None) -> None:
        self._library = load_library()
        self.path = path
        if not path.is_file():
            raise InvalidInputError(f"there is no water network file '{path}'")
        handle = c_void_p()
        self._library.EN_createproject(byref(handle))
        code = self._library.EN_open(handle, os.fsencode(path), os.fsencode(os.devnull), b"")
        if code >= _FIRST_ERROR:
            self._library.EN_close(handle)
            self._library.EN_deleteproject(handle)
            problems = faults_of(path, str(path) if name is None else name)
            if any(problem.line for problem in problems):
                raise InvalidFilesError(problems)
            raise InvalidInputError(
                f"EPANET does not accept '{path if name is None else name}': {error_text(code)}",
                hint="; ".join(problem.message for problem in problems[:3]),
            )
        self.handle = handle
        self._free = weakref.finalize(self, _free_project, self._library, handle)
        self._call("EN_setstatusreport", 0)
        unit = self._int("EN_getflowunits")
        self.flow_m3_s = FLOW_M3_S[unit]
        self.length_m = FOOT_M if unit <= LAST_US_UNIT else 1.0
        self.n_nodes = self.count(Count.NODES)
        self.n_links = self.count(Count.LINKS)
        self._all_nodes, self._all_links = np.arange(self.n_nodes), np.arange(self.n_links)
        self.warning = 0
        self._value_getters = {kind: self._address(f"EN_get{kind}value") for kind in ("node", "link")}

    def close(self) -> None:
        """Free the project; it cannot be used again."""
        self._free()

    def _call(self, name: str, *arguments: Any) -> int:
        code: int = getattr(self._library, name)(self.handle, *arguments)
        self._require(code, name)
        return code

    def _int(self, name: str, *arguments: int) -> int:
        value = c_int()
        self._call(name, *arguments, byref(value))
        return value.value

    def _double(self, name: str, *arguments: int) -> float:
        value = c_double()
        self._call(name, *arguments, byref(value))
        return value.value

    def count(self, what: Count) -> int:
        """Return how many there are."""
        return self._int("EN_getcount", what)

    # -- description -------------------------------------------------------------------------------------------

    def ids(self, kind: str) -> tuple[str, ...]:
        """Return the names of all nodes (kind ``node``) or links (``link``)."""
        text = ctypes.create_string_buffer(_ID_LENGTH)
        names = []
        for k in range(self.n_nodes if kind == "node" else self.n_links):
            self._call(f"EN_get{kind}id", k + 1, text)
            names.append(text.value.decode("utf-8", "replace"))
        return tuple(names)

    def kinds(self, kind: str) -> Numbers:
        """Return the toolkit's kind of all nodes or links."""
        return self._numbers(f"EN_get{kind}type", self.n_nodes if kind == "node" else self.n_links)[:, 0]

    def link_ends(self) -> tuple[Numbers, Numbers]:
        """Return the rows of the nodes at which links begin and end."""
        ends = self._numbers("EN_getlinknodes", self.n_links) - np.int32(1)
        return ends[:, 0].copy(), ends[:, 1].copy()

    def demand_terms(self) -> tuple[Numbers, Numbers, Numbers, Floats]:
        """Return row of node, category, number of pattern (0 none) and base (file's unit) of all demands."""
        n_terms = self._numbers("EN_getnumdemands", self.n_nodes)[:, 0]
        node = np.repeat(np.arange(self.n_nodes, dtype=np.int32), n_terms)
        category = np.arange(len(node)) - np.repeat(np.cumsum(n_terms) - n_terms, n_terms) + 1
        pattern, base = np.zeros(len(node), np.int32), np.zeros(len(node))
        getters = (self._address("EN_getbasedemand"), self._address("EN_getdemandpattern"))
        self._require(read_terms(*getters, self.handle.value, n_terms, pattern, base), "demands")
        return node, category.astype(np.int32), pattern, base

    def _numbers(self, name: str, n: int) -> Numbers:
        numbers = np.zeros((n, 2), np.int32)
        self._require(read_numbers(self._address(name), self.handle.value, numbers), name)
        return numbers

    def _address(self, name: str) -> int:
        return ctypes.cast(getattr(self._library, name), c_void_p).value or 0

    def _require(self, code: int, what: str) -> None:
        if code >= _FIRST_ERROR:
            raise RunFailedError(f"EPANET, '{self.path.name}', {what}: {error_text(code)}")

    def pattern(self, number: int) -> Floats:
        """Return the multipliers of a pattern."""
        n = self._int("EN_getpatternlen", number)
        return np.array([self._double("EN_getpatternvalue", number, k + 1) for k in range(n)])

    def curve(self, number: int) -> tuple[Floats, Floats]:
        """Return x and y of a curve, in units of the file."""
        x, y = c_double(), c_double()
        points = []
        for k in range(self._int("EN_getcurvelen", number)):
            self._call("EN_getcurvevalue", number, k + 1, byref(x), byref(y))
            points.append((x.value, y.value))
        table = np.array(points).reshape(-1, 2)
        return table[:, 0].copy(), table[:, 1].copy()

    def control(self, number: int) -> tuple[int, int, float, int, float]:
        """Return kind, link (0 none), setting, node (0 none) and level of a simple control."""
        kind, link, node, setting, level = c_int(), c_int(), c_int(), c_double(), c_double()
        self._call("EN_getcontrol", number, *(byref(v) for v in (kind, link, setting, node, level)))
        return kind.value, link.value, setting.value, node.value, level.value

    def write_control(
        self, number: int, kind: int, link: int, setting: float, node: int, level: float
    ) -> None:
        """Write a simple control; link 0 takes it out of use."""
        self._call("EN_setcontrol", number, kind, link, setting, node, level)

    def option(self, what: int) -> float:
        """Return an option."""
        return self._double("EN_getoption", what)

    def write_option(self, what: int, value: float) -> None:
        """Write an option."""
        self._call("EN_setoption", what, value)

    def time_s(self, what: Time) -> int:
        """Return a time, s."""
        value = c_long()
        self._call("EN_gettimeparam", what, byref(value))
        return value.value

    def write_time(self, what: Time, value_s: int) -> None:
        """Write a time, s."""
        self._call("EN_settimeparam", what, value_s)

    # -- values ------------------------------------------------------------------------------------------------

    def node_values(self, what: Node, rows: Rows | None = None) -> Floats:
        """Return a value of all nodes or of some, in units of the file."""
        return self._values("node", what, self._all_nodes if rows is None else rows)

    def link_values(self, what: Link, rows: Rows | None = None) -> Floats:
        """Return a value of all links or of some, in units of the file."""
        return self._values("link", what, self._all_links if rows is None else rows)

    def _values(self, kind: str, what: int, rows: Rows) -> Floats:
        values = np.empty(len(rows))
        code = read_values(self._value_getters[kind], self.handle.value, rows, int(what), values)
        self._require(code, f"{kind} value {what}")
        return values

    def node_value(self, row: int, what: Node) -> float:
        """Return a value of one node, in the file's unit."""
        return self._double("EN_getnodevalue", row + 1, what)

    def link_value(self, row: int, what: Link) -> float:
        """Return a value of one link, in the file's unit."""
        return self._double("EN_getlinkvalue", row + 1, what)

    def write_node(self, row: int, what: Node, value: float) -> None:
        """Write a value of one node, in the file's unit."""
        self._call("EN_setnodevalue", row + 1, what, value)

    def write_link(self, row: int, what: Link, value: float) -> None:
        """Write a value of one link, in the file's unit."""
        self._call("EN_setlinkvalue", row + 1, what, value)

    def write_demand(self, row: int, category: int, base: float) -> None:
        """Write the base of one category of demand, in the file's unit of flow."""
        self._call("EN_setbasedemand", row + 1, category, base)

    def write_demand_model(
        self, is_pressure_dependent: bool, minimum: float, required: float, power: float
    ) -> None:
        """Choose the model of demand; pressures in the file's unit."""
        self._call("EN_setdemandmodel", int(is_pressure_dependent), minimum, required, power)

    # -- steps -------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Go to time zero, with tank levels and states of the file."""
        self._call("EN_openH")
        self._call("EN_initH", _FRESH_FLOWS)

    def end(self) -> None:
        """Leave the hydraulic solver, so that `begin` may be called again."""
        self._call("EN_closeH")

    def solve(self) -> int:
        """Solve the hydraulics of now; return the time, s. `warning` holds the toolkit's code."""
        now = c_long()
        self.warning = self._call("EN_runH", byref(now))
        return now.value

    def step(self, at_most_s: int) -> int:
        """Move tanks on by the flows of now until the next event, at most so many seconds; return how many."""
        own_s, quality_s = self.time_s(Time.HYDRAULIC_STEP), self.time_s(Time.QUALITY_STEP)
        taken = c_long()
        self.write_time(Time.HYDRAULIC_STEP, at_most_s)
        self._call("EN_nextH", byref(taken))
        self.write_time(Time.HYDRAULIC_STEP, own_s)
        self.write_time(Time.QUALITY_STEP, quality_s)
        if taken.value <= 0:
            raise RunFailedError(
                f"EPANET, '{self.path.name}': no further step after {at_most_s} s were asked for"
            )
        return taken.value

    def begin_tracer(self, name: str) -> None:
        """Follow a substance that does not react, beside the hydraulics, from nothing anywhere."""
        self._call("EN_setqualtype", _CHEMICAL, name.encode(), b"mg/L", b"")
        for row in range(self.n_nodes):
            self.write_node(row, Node.INITIAL_QUALITY, 0.0)
            if (
                self._library.EN_getnodevalue(self.handle, row + 1, Node.SOURCE_QUALITY, byref(c_double()))
                == 0
            ):
                self.write_source(row, 0.0)
        for row in range(self.n_links):
            self.write_link(row, Link.BULK_RATE, 0.0)
            self.write_link(row, Link.WALL_RATE, 0.0)
        self._call("EN_openQ")
        self._call("EN_initQ", 0)

    def write_source(self, row: int, mg_per_minute: float) -> None:
        """Let so much of the tracer in at a node."""
        self.write_node(row, Node.SOURCE_KIND, _MASS_SOURCE)
        self.write_node(row, Node.SOURCE_QUALITY, mg_per_minute)

    def solve_tracer(self) -> None:
        """Give the flows of now to the transport of the tracer."""
        self._call("EN_runQ", byref(c_long()))

    def step_tracer(self) -> None:
        """Move the tracer on to where `step` has moved the tanks."""
        self._call("EN_nextQ", byref(c_long()))


def _free_project(library: Any, handle: c_void_p) -> None:
    library.EN_close(handle)
    library.EN_deleteproject(handle)
