"""Water: EPANET stepped beside its own runs and beside WNTR's solver, laws, restarts, tanks against closed forms.

Reference values of Net1 and Net3: EPANET 2.2, written down once with WNTR 1.5.0.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.water.hydraulics import DemandLaw
from impetus_sim.infrastructure.water.library import INSTALL, find_network
from impetus_sim.infrastructure.water.toolkit_water import ToolkitWater
from impetus_sim.infrastructure.water.zone_water import ZoneWater
from impetus_sim.infrastructure.water.zones import RESIDENTIAL, SOURCE, ZoneNetwork
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.infrastructure.restart import count_columns_that_differ

HOUR_US: Final = 3600 * US_PER_S
_HOURS = range(25)
_EVERY_DEMAND = DemandLaw(by_pressure=False)

_NET1_M = {
    "10": 89.717, "11": 83.890, "12": 82.317, "13": 83.476, "21": 82.767,
    "22": 83.539, "23": 84.931, "31": 81.501, "32": 77.934,
}  # fmt: skip
_NET1_PUMP_M3_S, _NET1_TANK_M3_S = 0.117737, 0.048338
_NET3_M = {
    "105": (36.067, 42.550, 36.727), "123": (47.082, 46.654, 47.719), "187": (40.624, 43.391, 41.284),
    "219": (41.101, 42.878, 41.279), "253": (31.461, 32.948, 31.472),
}  # fmt: skip
_NET3_TANK_HEADS_M = {
    "1": (44.196, 46.883, 45.014), "2": (42.672, 43.933, 42.507), "3": (48.158, 49.762, 48.849),
}  # fmt: skip
_NET3_DEMAND_L_S = 690.268
"""Mean of the 25 hours from 0 to 24."""

_NET1_PATTERN = np.array([1.0, 1.2, 1.4, 1.6, 1.4, 1.2, 1.0, 0.8, 0.6, 0.4, 0.6, 0.8])
_FOOT_M = 0.3048
_GALLON_PER_MINUTE_M3_S = 0.003785411784 / 60.0

_ONE_JUNCTION = """[JUNCTIONS]
 a 0 10
[RESERVOIRS]
 r 5
[PIPES]
 p r a 1 1000 150 0 Open
[TIMES]
 Duration 1:00
[OPTIONS]
 Units LPS
 Headloss H-W
 Accuracy 0.00001
[END]
"""


def _open(name: str, law: DemandLaw | None = None) -> ToolkitWater:
    return ToolkitWater(find_network(name), law=law)


def _pressures_of_a_day(name: str) -> tuple[npt.NDArray[np.float64], ToolkitWater]:
    """Return pressures, m, shape (25 hours, nodes), stepped without any coupling."""
    water = _open(name, _EVERY_DEMAND)
    rows = []
    for hour in _HOURS:
        water.advance(hour * HOUR_US)
        rows.append(water.pressures_m())
    return np.array(rows), water


def net1_at_the_start(effort: Effort) -> Measured:
    """Open Net1 and compare pressures at time zero, the pump's flow and that into the tank."""
    del effort
    water = _open("Net1", _EVERY_DEMAND)
    found = dict(zip(water.place_ids, water.pressures_m(), strict=True))
    off_m = max(abs(found[name] - value) for name, value in _NET1_M.items())
    pump = water.pumps.flow_m3_s[0] - _NET1_PUMP_M3_S
    tank = water.tanks.inflow_m3_s[0] - _NET1_TANK_M3_S
    text = f"pressures {off_m:.5f} m off at most; pump {1e3 * pump:+.4f} l/s, tank {1e3 * tank:+.4f} l/s"
    return Measured(value=max(off_m, 1e3 * abs(pump), 1e3 * abs(tank)), text=text)


def net3_at_three_hours(effort: Effort) -> Measured:
    """Step Net3 through a day and compare five pressures and three tanks at 0, 12 and 24 h."""
    del effort
    pressures, water = _pressures_of_a_day("Net3")
    at = {name: pressures[[0, 12, 24], k] for k, name in enumerate(water.place_ids)}
    junctions = max(np.abs(at[name] - values).max() for name, values in _NET3_M.items())
    elevation_m = _elevations("Net3")
    tanks = max(np.abs(at[n] + elevation_m[n] - values).max() for n, values in _NET3_TANK_HEADS_M.items())
    text = f"pressures {junctions:.4f} m off at most, heads of tanks {tanks:.4f} m"
    return Measured(value=float(max(junctions, tanks)), text=text)


def _elevations(name: str) -> dict[str, float]:
    model = _wntr_model(name)
    return {tank: node.elevation for tank, node in model.tanks()}


def net3_demand(effort: Effort) -> Measured:
    """Add up what Net3 asks for, hour by hour."""
    del effort
    water = _open("Net3", _EVERY_DEMAND)
    sums = []
    for hour in _HOURS:
        water.advance(hour * HOUR_US)
        sums.append(1e3 * water.requested_m3_s().sum())
    mean = float(np.mean(sums))
    return Measured(value=mean, text=f"{mean:.3f} l/s")


def _wntr_model(name: str) -> Any:
    try:
        import wntr
    except ImportError as error:
        raise InvalidInputError(
            "the package wntr, beside which this case runs, is not there", hint=INSTALL
        ) from error
    logging.getLogger("wntr").setLevel(logging.ERROR)
    model = wntr.network.WaterNetworkModel(str(find_network(name)))
    model.options.time.duration = 24 * 3600
    return model


def beside_epanet(name: str) -> Callable[[Effort], Measured]:
    """Return a case: every junction and hour of a day beside EpanetSimulator."""

    def run(effort: Effort) -> Measured:
        del effort
        from wntr.sim import EpanetSimulator

        model = _wntr_model(name)
        with tempfile.TemporaryDirectory(prefix="impetus_water_") as folder:
            theirs = EpanetSimulator(model).run_sim(file_prefix=str(Path(folder) / "run"))
        return _compare(name, model, theirs)

    return run


def beside_wntr(name: str) -> Callable[[Effort], Measured]:
    """Return a case: every junction and hour of a day beside WNTRSimulator."""

    def run(effort: Effort) -> Measured:
        del effort
        from wntr.sim import WNTRSimulator

        model = _wntr_model(name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its fit of pump curves warns on every network with one point
            theirs = WNTRSimulator(model).run_sim()
        return _compare(name, model, theirs)

    return run


def _compare(name: str, model: Any, theirs: Any) -> Measured:
    ours, water = _pressures_of_a_day(name)
    junctions = [k for k, node in enumerate(water.place_ids) if node in set(model.junction_name_list)]
    table = theirs.node["pressure"][[water.place_ids[k] for k in junctions]]
    off_m = np.abs(ours[:, junctions] - table.loc[[3600 * hour for hour in _HOURS]].to_numpy())
    text = f"{off_m.max():.2e} m at most, {np.median(off_m):.1e} m in the median, {off_m.size} pressures"
    return Measured(value=float(off_m.max()), text=text)


def law_of_wagner(effort: Effort) -> Measured:
    """Serve a junction at 5 m of pressure where 20 m are required."""
    del effort
    with tempfile.TemporaryDirectory(prefix="impetus_water_") as folder:
        path = Path(folder) / "one.inp"
        path.write_text(_ONE_JUNCTION, "utf-8")
        water = ToolkitWater(path, law=DemandLaw(minimum_m=0.0, required_m=20.0))
    share = float(water.served_shares()[0])
    return Measured(value=share, text=f"{share:.6f} at {water.pressures_m()[0]:.6f} m")


def pumps_stay_off(effort: Effort) -> Measured:
    """Take the power from both pumps of Net3 for a day and count the hours in which one runs."""
    del effort
    water = _open("Net3")
    for pump in range(len(water.pump_ids)):
        water.set_pump_power(pump, False, at_us=0)
    running = 0
    for hour in _HOURS:
        water.advance(hour * HOUR_US)
        running += int((np.abs(water.pumps.flow_m3_s) > 0).any())
    return Measured(value=float(running), text=f"{running} of {len(_HOURS)} hours")


def same_after_restart(effort: Effort) -> Measured:
    """Compare all state of a disturbed day of Net3 with one that was restored at half past eight."""
    del effort
    whole = _disturbed()
    whole.advance(int(8.5 * HOUR_US) + 321)
    saved = [{name: column.copy() for name, column in t.columns.items()} for t in whole.tables]
    branch = _open("Net3")
    for table, columns in zip(branch.tables, saved, strict=True):
        table.load(columns)
    branch.restored()
    for water in (whole, branch):
        water.advance(24 * HOUR_US)
    return count_columns_that_differ(whole.tables, branch.tables)


def _disturbed() -> ToolkitWater:
    water = _open("Net3")
    for pump in range(len(water.pump_ids)):
        water.set_pump_power(pump, False, at_us=5 * HOUR_US + 17)
        water.set_pump_power(pump, True, at_us=9 * HOUR_US)
    water.set_demand_factor(water.place_ids.index("123"), 2.0, at_us=6 * HOUR_US)
    water.set_link(water.link_ids.index("20"), False, at_us=7 * HOUR_US)
    water.set_link(water.link_ids.index("20"), True, at_us=11 * HOUR_US + 500_000)
    water.set_leak(water.place_ids.index("187"), 0.002, at_us=8 * HOUR_US)
    return water


def two_zones(**changes: Any) -> ZoneNetwork:
    """Return two zones in a row, 10 and 20 l/s, tanks of 100 and 50 m3, half full, even use."""
    parts: dict[str, Any] = {
        "zone_ids": ("low", "high"),
        "demand_m3_s": np.array([0.010, 0.020]),
        "tank_m3": np.array([100.0, 50.0]),
        "tank_height_m": np.array([5.0, 4.0]),
        "pressure_m": np.array([40.0, 40.0]),
        "pump_ids": ("p1", "p2"),
        "pump_from": np.array([SOURCE, 0]),
        "pump_to": np.array([0, 1]),
        "design_m3_s": np.array([0.060, 0.030]),
        "design_head_m": np.array([50.0, 40.0]),
        "lift_m": np.array([40.0, 30.0]),
        "efficiency": np.array([0.7, 0.7]),
        "hourly": np.ones(24),
        "first_share": 0.5,
    }
    return ZoneNetwork(**(parts | changes))


def zones_in_time(effort: Effort) -> Measured:
    """Fill and empty the tanks of two zones: seconds by which pumps and tanks are off their closed forms, at most.

    Low: 50 of 100 m3, 60 - 10 - 30 l/s. High: 25 of 50 m3, 30 - 20 l/s; without power from 2000 s on, from what it
    has then. The lower pump stops at 95 %.
    """
    del effort
    water = ZoneWater(two_zones())
    water.set_pump_power(1, False, at_us=2000 * US_PER_S)
    seen: dict[tuple[str, str], float] = {}
    for change in water.advance(2 * HOUR_US):
        seen.setdefault((change.kind, change.subject), change.at_us / US_PER_S)
    low_s = 2000 + (95.0 - 50.0 - 0.020 * 2000) / 0.050
    expected = {
        ("pump_stopped", "p2"): 2000.0,
        ("pump_stopped", "p1"): low_s,
        ("pump_started", "p1"): low_s + (95.0 - 70.0) / 0.010,
        ("tank_empty", "high"): 2000 + (25.0 + 0.010 * 2000) / 0.020,
    }
    off_s = max(abs(seen.get(key, np.inf) - value) for key, value in expected.items())
    return Measured(value=float(off_s), text=f"{off_s:g} s over {len(expected)} instants")


def zones_lose_nothing(effort: Effort) -> Measured:
    """Run two zones through a day of outages and leaks: what is lost or made, as a share of what was lifted."""
    del effort
    water = ZoneWater(two_zones(hourly=RESIDENTIAL))
    first_m3 = water.zones.volume_m3.copy()
    for k, hour in enumerate(range(1, 22, 3)):
        water.set_pump_power(k % 2, False, at_us=hour * HOUR_US)
        water.set_pump_power(k % 2, True, at_us=(hour + 2) * HOUR_US + 1_234_567)
        water.set_leak(k % 2, 0.0005, at_us=hour * HOUR_US + 77)
    water.advance(24 * HOUR_US)
    sums = water.sums_m3()
    gone = sums["delivered_m3"] + sums["leaked_m3"] + sums["drawn_m3"]
    lost = np.abs(sums["inflow_m3"] - gone - (sums["volume_m3"] - first_m3)).max()
    share = float(lost / sums["inflow_m3"].sum())
    return Measured(value=share, text=f"{share:.1e} of {sums['inflow_m3'].sum():.0f} m3")


def zones_beside_epanet(effort: Effort) -> Measured:
    """Take the power from the pump of Net1 at 6 h: time until its tank is empty, as one zone over that of EPANET.

    The zone has the tank, use and levels of the file, and one pump at the flow and head of the first solution.
    """
    del effort
    water = _open("Net1")
    flow = water.pumps.flow_m3_s.copy()
    head_m = water.pump_power_w() * 0.75 / (1000.0 * 9.80665 * flow)
    height_m, area_m2 = 50.0 * _FOOT_M, 0.25 * np.pi * (50.5 * _FOOT_M) ** 2
    zone = ZoneWater(
        ZoneNetwork(
            zone_ids=("net1",),
            demand_m3_s=np.array([1100.0 * _GALLON_PER_MINUTE_M3_S]),
            tank_m3=np.array([area_m2 * height_m]),
            tank_height_m=np.array([height_m]),
            pressure_m=np.array([80.0]),
            pump_ids=("9",),
            pump_from=np.array([SOURCE]),
            pump_to=np.array([0]),
            design_m3_s=flow,
            design_head_m=head_m,
            lift_m=np.array([175.0 * _FOOT_M]),
            efficiency=np.array([0.75]),
            hourly=np.repeat(_NET1_PATTERN, 2),
            start_share=0.2,
            stop_share=0.8,
            first_share=0.4,
            is_pumping_first=True,
        )
    )
    empty_s = []
    for model in (zone, water):
        model.set_pump_power(0, False, at_us=6 * HOUR_US)
        changes = model.advance(24 * HOUR_US)
        empty_s.append(next(c.at_us for c in changes if c.kind == "tank_empty") / US_PER_S - 6 * 3600.0)
    times = f"{empty_s[0] / 60:.0f} min for {empty_s[1] / 60:.0f}"
    text = f"{times}; not served {zone.unserved_m3().sum():.0f} for {water.unserved_m3().sum():.0f} m3"
    return Measured(value=empty_s[0] / empty_s[1], text=text)


def _case(
    id: str,
    title: str,
    source: str,
    low: float,
    high: float,
    expected: str,
    run: Any,
    *,
    needs_package: str = "wntr",
) -> Case:
    return Case(
        id=f"water-{id}",
        standard="water",
        title=title,
        source=source,
        low=low,
        high=high,
        expected=expected,
        run=run,
        needs_package=needs_package,
    )


_EPANET = "EPANET 2.2 (Rossman et al. 2020) by WNTR's EpanetSimulator, beside it in one run"
_WNTR = "WNTRSimulator (Klise et al. 2017), beside it in one run"

CASES = (
    _case("net1", "Net1 at time zero", "EPANET 2.2", 0.0, 1e-3, "at most 1e-3 m and 1e-3 l/s", net1_at_the_start),
    _case("net3", "Net3 at 0, 12 and 24 h", "EPANET 2.2", 0.0, 0.05, "at most 0.05 m", net3_at_three_hours),
    _case(
        "net3-demand", "Net3: mean of what is asked for", "EPANET 2.2",
        _NET3_DEMAND_L_S - 0.001, _NET3_DEMAND_L_S + 0.001, "690.268 l/s", net3_demand,
    ),
    *(
        _case(
            f"{name.lower()}-epanet", f"a day of {name}, stepped, beside EpanetSimulator", _EPANET,
            0.0, 1e-3, "every pressure within 1e-3 m", beside_epanet(name),
        )
        for name in ("Net3", "ky4")
    ),
    *(
        _case(
            f"{name.lower()}-wntr", f"a day of {name}, stepped, beside WNTRSimulator", _WNTR,
            0.0, 0.05, "every pressure within 0.05 m", beside_wntr(name),
        )
        for name in ("Net3", "ky4")
    ),
    _case(
        "wagner", "demand by pressure: 5 m where 20 m are required", "Wagner, Shamir and Marks (1988)",
        0.4999, 0.5001, "half of it", law_of_wagner,
    ),
    _case(
        "held", "Net3: hours in which a pump without power runs", "law; WNTR's add_outage lets one run in 10 of 25",
        0.0, 0.0, "none", pumps_stay_off,
    ),
    _case("restart", "Net3 restored from its inputs", "law", 0.0, 0.0, "all state equal", same_after_restart),
    _case("zones", "zones: tanks and pumps in time", "closed form", 0.0, 1e-6, "within 1e-6 s", zones_in_time,
          needs_package=""),
    _case(
        "zones-balance", "zones: a day of outages and leaks", "law", 0.0, 1e-9, "at most 1e-9 of what was lifted",
        zones_lose_nothing, needs_package="",
    ),
    _case(
        "zones-net1", "Net1 as one zone: time until its tank is empty", "beside the toolkit in one run",
        0.9, 1.1, "within 10 %", zones_beside_epanet,
    ),
)  # fmt: skip
