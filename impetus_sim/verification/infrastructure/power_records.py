"""Recorded disruptions of two coupled towns: who is without power, for how long, and in which order it returns.

The record was computed with the failed lines out of service and loads served where they hang together with the
source. That of Micropolis knows nothing of 25 lines which its network file has (P_L594 to P_L618) and which turn
the radial network into a mesh: with them no load is lost, without them every recorded set is met load by load.
They are out of service here. When lines return is not in the disruption file; it is taken from the record, as the
subset of the failed lines whose dark loads come closest to the recorded ones. Its clock starts at the disruption,
which the disruption file has at 6000 s.
"""

from __future__ import annotations

import csv
import dataclasses
import itertools
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.network import Floats, Ints
from impetus_sim.infrastructure.power.pandapower_file import read_pandapower
from impetus_sim.infrastructure.power.served import served_loads
from impetus_sim.infrastructure.power.table_network import TableNetwork
from impetus_sim.verification.case import Case, Effort, Measured

MESH_LINES: Final = tuple(f"P_L{number}" for number in range(594, 619))
_SOURCE: Final = (
    "Recorded runs of InfraRisk (Balakrishnan and Cassottana 2022, Sustainable Cities and Society 83)"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Town:
    """Files of a town: network, record of its loads, failed lines."""

    folder: str
    network: str
    record: str
    failed: tuple[str, ...]


MICROPOLIS: Final = Town(
    folder="micropolis",
    network="power.json",
    record="track1_power_load_demand.csv",
    failed=("P_L340", "P_L333", "P_L56", "P_L310", "P_L325"),
)
IN2: Final = Town(
    folder="in2",
    network="power_power.json",
    record="scenarios_test1_capacity_power_load_demand.csv",
    failed=("P_L5",),
)


def find_town(town: Town) -> Path:
    """Return the folder of a town, ``$IMPETUS_DATA/infra/...``."""
    folder = Path(os.environ.get("IMPETUS_DATA", "")) / "infra" / town.folder
    if not folder.is_dir():
        raise InvalidInputError(
            f"there is no folder {folder}", hint="set IMPETUS_DATA to the folder with infra/"
        )
    return folder


@cache
def read_town(town: Town) -> TableNetwork:
    """Return the power network of a town, its mesh lines out of service."""
    found = read_pandapower(find_town(town) / town.network, keep_switches=True)
    is_in = found.network.is_in & ~np.isin(found.network.branch_names, MESH_LINES)
    return dataclasses.replace(found, network=dataclasses.replace(found.network, is_in=is_in))


@cache
def read_record(town: Town) -> tuple[tuple[str, ...], tuple[float, ...], tuple[tuple[float, ...], ...]]:
    """Return names of the loads, times in s, and MW of each load at each time."""
    with (find_town(town) / town.record).open() as file:
        rows = list(csv.reader(file, delimiter="\t"))
    return (
        tuple(rows[0][1:]),
        tuple(float(row[0]) for row in rows[1:]),
        tuple(tuple(float(value) for value in row[1:]) for row in rows[1:]),
    )


@cache
def _served(town: Town, failed: tuple[str, ...]) -> tuple[float, ...]:
    found = served_loads(read_town(town), failed)
    return tuple(found[name] for name in read_record(town)[0])


def implied_states(town: Town) -> list[tuple[str, ...]]:
    """Return the failed lines at each time of the record: those whose loads without power come closest to it.

    Lines only return. Of equal ones, the most that are still out.
    """
    _, _, values = read_record(town)
    out: tuple[str, ...] = ()
    states: list[tuple[str, ...]] = []
    for k, row in enumerate(values):
        if k == 0 or values[k - 1] == row:
            states.append(out if k else ())
            continue
        before = out or town.failed
        options = [c for n in range(len(before), -1, -1) for c in itertools.combinations(before, n)]
        out = min(options, key=lambda lines: _n_differ(_served(town, lines), row))
        states.append(out)
    return states


def _n_differ(ours: Sequence[float], recorded: Sequence[float]) -> int:
    return int((np.abs(np.array(ours) - np.array(recorded)) > 1e-6).sum())


def loads_that_differ(town: Town) -> Measured:
    """Count loads, over all recorded times, that are served otherwise than recorded."""
    _, times, values = read_record(town)
    states = implied_states(town)
    wrong = sum(_n_differ(_served(town, state), row) for state, row in zip(states, values, strict=True))
    worst = max(len(state) for state in states)
    lost = max(sum(1 for value in row if value == 0.0) for row in values)
    n = len(times) * len(values[0])
    text = f"{wrong} of {n} values differ; at worst {worst} lines out and {lost} loads dark"
    return Measured(value=float(wrong), text=text)


def unserved_hours(town: Town) -> Measured:
    """Return unserved MWh of ours over the record's, each value holding until the next time."""
    _, times, values = read_record(town)
    length = np.diff(times) / 3600.0
    recorded, ours = (
        np.array(values)[:-1],
        np.array([_served(town, state) for state in implied_states(town)])[:-1],
    )
    full = np.array(values[0])
    want = float(((full - recorded).sum(axis=1) * length).sum())
    have = float(((full - ours).sum(axis=1) * length).sum())
    return Measured(value=have / want, text=f"{have:.2f} MWh, recorded {want:.2f} MWh")


def order_of_return(town: Town) -> Measured:
    """Count loads that return in another place of the order than recorded."""
    names, _, values = read_record(town)
    recorded, ours = np.array(values), np.array([_served(town, state) for state in implied_states(town)])
    places = [_places(one) for one in (recorded, ours)]
    wrong = int((places[0] != places[1]).sum())
    order = [sorted(set(a) - set(b)) for a, b in itertools.pairwise(implied_states(town)) if len(b) < len(a)]
    back = ", then ".join(", ".join(lines) for lines in order)
    return Measured(value=float(wrong), text=f"{wrong} of {len(names)} loads; lines return: {back}")


def _places(mw: Floats) -> Ints:
    # Of each load, the row at which it is served again for good; 0 for those that never were dark.
    is_dark = mw < 1e-9
    return np.where(is_dark.any(axis=0), len(mw) - np.argmax(is_dark[::-1], axis=0), 0)


def _case(
    id: str,
    town: Town,
    title: str,
    low: float,
    high: float,
    expected: str,
    measure: Callable[[Town], Measured],
) -> Case:
    def run(effort: Effort) -> Measured:
        """Compare with the record."""
        del effort
        return measure(town)

    return Case(
        id=id, standard="coupled town", title=title, source=_SOURCE, low=low, high=high, expected=expected, run=run,
        needs_data=True,
    )  # fmt: skip


CASES = (
    _case("micropolis-loads", MICROPOLIS, "Micropolis, five lines lost: loads without power", 0.0, 0.0,
          "as recorded, load by load", loads_that_differ),
    _case("micropolis-unserved", MICROPOLIS, "Micropolis: unserved energy over the recorded one", 0.9, 1.1,
          "within 10 %", unserved_hours),
    _case("micropolis-order", MICROPOLIS, "Micropolis: order in which loads return", 0.0, 0.0, "as recorded",
          order_of_return),
    _case("in2-loads", IN2, "in2, line P_L5 lost: loads without power", 0.0, 0.0, "as recorded, load by load",
          loads_that_differ),
    _case("in2-unserved", IN2, "in2: unserved energy over the recorded one", 0.9, 1.1, "within 10 %",
          unserved_hours),
)  # fmt: skip
