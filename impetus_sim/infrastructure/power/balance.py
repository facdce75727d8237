"""How one island comes to balance: governors, load shedding by blocks, units that leave, or collapse."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from impetus_sim.infrastructure.power.network import Bools, Floats, Ints
from impetus_sim.infrastructure.power.rules import NOMINAL_HZ, BalanceRules, SheddingPlan

TOLERANCE_MW = 1e-9


@dataclass(kw_only=True)
class Units:
    """Units of an island, by row; arrays float or bool (units,).

    set_mw: what they are told to give. now_mw: what they gave before the event. least_mw, most_mw: how far
    governors can move them now; most_mw is inf for the link to an outside network, which takes whatever is missing.
    limit_mw: what they can give in the end. weight: MW per unit of droop, 0 for units that do not govern.
    """

    set_mw: Floats
    now_mw: Floats
    least_mw: Floats
    most_mw: Floats
    limit_mw: Floats
    weight: Floats
    is_running: Bools


@dataclass(kw_only=True)
class Loads:
    """Loads of an island, by bus: drawn_mw float (buses,), share float (buses, blocks), n_shed int (buses,).

    Of a bus, the first `n_shed` blocks are off.
    """

    drawn_mw: Floats
    share: Floats
    n_shed: Ints

    def served_share(self) -> Floats:
        """Return the share of each bus's load that is on, float (buses,)."""
        off = np.arange(self.share.shape[1]) < self.n_shed[:, None]
        share: Floats = 1.0 - (self.share * off).sum(axis=1)
        return np.where(self.n_shed > self.share.shape[1], 0.0, share)

    def served_mw(self) -> float:
        """Return what is drawn, MW."""
        return float((self.drawn_mw * self.served_share()).sum())


@dataclass(kw_only=True)
class Settled:
    """How an island stands after an event.

    is_live: whether it is fed at all. output_mw: float (units,). is_running: bool (units,). n_shed: int (buses,).
    hz: its frequency. left: rows of the units that left at high frequency. n_blocks_shed: in this event.
    fell_hz: the frequency at which it was lost, nan when it was not.
    """

    is_live: bool
    output_mw: Floats
    is_running: Bools
    n_shed: Ints
    hz: float
    left: list[int] = field(default_factory=list)
    n_blocks_shed: int = 0
    fell_hz: float = np.nan


def settle_island(
    units: Units, loads: Loads, plan: SheddingPlan, rules: BalanceRules, *, is_planned: bool = False
) -> Settled:
    """Bring an island to balance after an event.

    In turn, until nothing changes: the next block is shed while more is missing than governors reach, more at once
    than `most_imbalance` (unless the event was planned), or the frequency lies at the block's; with no block left,
    the island is lost when governors do not reach or at `low_hz`. Units leave, the smallest first, while there is
    more than governors can give up or the frequency lies above `high_hz`.
    """
    running, n_shed = units.is_running.copy(), loads.n_shed.copy()
    left: list[int] = []
    n_blocks_shed = 0
    while True:
        if not (running & (units.weight > 0.0)).any():
            return _lost(units, n_shed, left, n_blocks_shed, np.nan)
        demand = Loads(drawn_mw=loads.drawn_mw, share=loads.share, n_shed=n_shed).served_mw()
        output, hz = govern(units, running, demand, droop=rules.droop)
        stiff = np.isinf(units.most_mw[running]).any()
        missing = demand - output.sum()
        most = rules.most_imbalance * units.limit_mw[running].sum() + TOLERANCE_MW
        sudden = not stiff and not is_planned and demand - units.now_mw[running].sum() > most
        short = missing > TOLERANCE_MW * max(1.0, demand)
        block = int(n_shed.min()) if len(n_shed) else plan.n_blocks
        if block < plan.n_blocks and (short or sudden or hz <= plan.hz[block]):
            n_shed[n_shed == block] += 1
            n_blocks_shed += 1
        elif short or hz < rules.low_hz:
            return _lost(units, n_shed, left, n_blocks_shed, rules.low_hz if short else hz)
        elif -missing > TOLERANCE_MW * max(1.0, demand) or hz > rules.high_hz:
            smallest = min(np.flatnonzero(running), key=lambda row: (units.now_mw[row], row))
            running[smallest] = False
            left.append(int(smallest))
        else:
            return Settled(
                is_live=True, output_mw=_exact(output, units, running, demand), is_running=running, n_shed=n_shed,
                hz=hz, left=left, n_blocks_shed=n_blocks_shed,
            )  # fmt: skip


def govern(units: Units, running: Bools, demand_mw: float, *, droop: float) -> tuple[Floats, float]:
    """Return the output of each unit, MW, and the frequency at which governors come closest to a demand.

    Each moves by its weight times the same signal, within its limits.
    """
    output = np.where(running, units.set_mw, 0.0)
    if not running.any():
        return output, 0.0
    stiff = running & np.isinf(units.most_mw)
    if stiff.any():
        output[stiff] += (demand_mw - output.sum()) / stiff.sum()
        return output, NOMINAL_HZ
    rows = np.flatnonzero(running)
    set_mw, weight = units.set_mw[rows], units.weight[rows]
    low, high = np.minimum(units.least_mw[rows], set_mw), np.maximum(units.most_mw[rows], set_mw)

    def total(signal: float) -> float:
        return float(np.clip(set_mw + weight * signal, low, high).sum())

    moves = weight > 0.0
    if not moves.any():
        return output, NOMINAL_HZ
    stops = np.unique(
        np.concatenate([((low - set_mw) / np.where(moves, weight, 1.0))[moves],
                        ((high - set_mw) / np.where(moves, weight, 1.0))[moves]])
    )  # fmt: skip
    first, last = 0, len(stops) - 1
    if demand_mw <= total(stops[first]):
        signal = float(stops[first])
    elif demand_mw >= total(stops[last]):
        signal = float(stops[last])
    else:
        while last - first > 1:
            middle = (first + last) // 2
            first, last = (middle, last) if total(stops[middle]) <= demand_mw else (first, middle)
        here, there = total(stops[first]), total(stops[last])
        signal = float(stops[first] + (stops[last] - stops[first]) * (demand_mw - here) / (there - here))
    output[rows] = np.clip(set_mw + weight * signal, low, high)
    return output, NOMINAL_HZ * (1.0 - droop * signal)


def _exact(output: Floats, units: Units, running: Bools, demand: float) -> Floats:
    # What rounding left over goes to the largest unit, so that the island is balanced to the last digits.
    rows = np.flatnonzero(running & (units.weight > 0.0))
    output = output.copy()
    output[rows[np.argmax(output[rows])]] += demand - output.sum()
    return output


def _lost(units: Units, n_shed: Ints, left: list[int], n_blocks_shed: int, hz: float) -> Settled:
    return Settled(
        is_live=False, output_mw=np.zeros(len(units.set_mw)), is_running=np.zeros(len(units.set_mw), np.bool_),
        n_shed=n_shed, hz=0.0, left=left, n_blocks_shed=n_blocks_shed, fell_hz=hz,
    )  # fmt: skip
