"""How a power grid reacts: balance of islands, protection, switching, restart; every default with its source."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.network import Bools, Floats, Ints, PowerNetwork
from impetus_sim.rng import stable_hash

NOMINAL_HZ = 50.0
N_EVEN_BLOCKS, EVEN_BLOCK_SHARE = 6, 0.075
"""Six steps from 49.0 to 48.0 Hz that shed 45 % of the load, spread over all buses: Regulation (EU) 2017/2196,
annex, Continental Europe (at least six steps of at most 10 %)."""


@dataclass(frozen=True, kw_only=True)
class BalanceRules:
    """How an island comes to balance.

    Parameters
    ----------
    droop
        Share of the nominal frequency by which it falls while governors go from nothing to everything; 5 % is
        customary (Kundur 1994, Power System Stability and Control, section 11.1).
    most_imbalance
        What may be missing at once, as a share of the running units' limits, before load is shed however large the
        reserve: 15 %, after AC-CFM (Noebels, Preece, Panteli 2022, IEEE Systems Journal 16).
    response_s
        Time in which governors act; ramps limit how far they get. 30 s: Regulation (EU) 2017/1485, annex V.
    low_hz, high_hz
        Where units leave the grid: below 47.5 Hz all of them, above 51.5 Hz one after another, the smallest first
        (Regulation (EU) 2016/631, article 13).
    recover_s
        Time after which reserves have brought the frequency back and shed load may return: 15 min, Regulation (EU)
        2017/1485, annex III.
    step_s
        Time between two blocks of load that return.
    """

    droop: float = 0.05
    most_imbalance: float = 0.15
    response_s: float = 30.0
    low_hz: float = 47.5
    high_hz: float = 51.5
    recover_s: float = 900.0
    step_s: float = 300.0


@dataclass(frozen=True, kw_only=True)
class SheddingPlan:
    """Which load goes in which block, in this order; what is in no block goes only when the island goes.

    Parameters
    ----------
    share
        float (buses, blocks), share of each bus's load in each block; rows add up to at most 1.
    hz
        float (blocks,), frequency at which each block is shed, falling.
    """

    share: Floats
    hz: Floats

    def __post_init__(self) -> None:
        if self.share.ndim != 2 or self.share.shape[1] != len(self.hz):
            raise InvalidInputError(
                f"shares of {self.share.shape} for {len(self.hz)} blocks of load shedding"
            )
        if (self.share < 0.0).any() or (self.share.sum(axis=1) > 1.0 + 1e-12).any():
            raise InvalidInputError(
                "shares of the blocks of a bus's load lie below 0 or add up to more than 1"
            )
        if (np.diff(self.hz) >= 0.0).any():
            raise InvalidInputError("frequencies of the blocks of load shedding must fall")

    @property
    def n_blocks(self) -> int:
        """Number of blocks."""
        return len(self.hz)


def spread_evenly(network: PowerNetwork) -> SheddingPlan:
    """Return the plan that sheds the same share at each bus, as where a bus stands for many feeders."""
    return SheddingPlan(
        share=np.full((network.n_buses, N_EVEN_BLOCKS), EVEN_BLOCK_SHARE),
        hz=np.linspace(49.0, 48.0, N_EVEN_BLOCKS),
    )


def shed_by_bus(block: Floats | Ints, *, n_blocks: int) -> SheddingPlan:
    """Return the plan that sheds whole buses, as with one feeder or transformer at each.

    Parameters
    ----------
    block
        int (buses,), block of each bus; `n_blocks` and above for buses that are never shed (critical customers).
    n_blocks
        Number of blocks, shed from 49.0 to 48.0 Hz.
    """
    share = np.zeros((len(block), n_blocks))
    rows = np.flatnonzero(block < n_blocks)
    share[rows, block[rows].astype(np.int64)] = 1.0
    return SheddingPlan(share=share, hz=np.linspace(49.0, 48.0, n_blocks))


def spare(network: PowerNetwork, *, is_whole: Bools, is_kept: Bools) -> SheddingPlan:
    """Return the plan that spares some buses: others are shed whole, until as much load is in blocks as without.

    Which bus is in which block follows from its name, by a hash. Buses that stand for many feeders go on giving a
    share of their load to each block.

    Parameters
    ----------
    network
        With the loads at which blocks are measured.
    is_whole, is_kept
        bool (buses,), shed whole; never shed.
    """
    block = np.full(network.n_buses, N_EVEN_BLOCKS, np.int64)
    load_mw = np.maximum(network.load_mw, 0.0)
    rows = np.flatnonzero(is_whole & ~is_kept & (load_mw > 0.0))
    rows = rows[np.argsort([stable_hash(network.bus_names[row]) for row in rows])]
    size = EVEN_BLOCK_SHARE * load_mw[is_whole].sum()
    middle = np.cumsum(load_mw[rows]) - 0.5 * load_mw[rows]
    block[rows] = np.minimum(np.floor(middle / size) if size > 0.0 else 0, N_EVEN_BLOCKS)
    plan = shed_by_bus(block, n_blocks=N_EVEN_BLOCKS)
    plan.share[~is_whole & ~is_kept] = EVEN_BLOCK_SHARE
    return plan


@dataclass(frozen=True, kw_only=True)
class RelayRules:
    """How overload relays trip.

    Parameters
    ----------
    curve
        ``inverse``: t = multiplier k / (m^alpha - 1) at m times the rating, IEC 60255-151; it adds up under
        changing flows and runs back by the same law below the rating. ``thermal``:
        t = tau ln((m^2 - h) / (m^2 - 1)) from the heat h it had, IEC 60255-149.
    k_s, alpha
        Of the curve; 80 s and 2 are "extremely inverse".
    multiplier
        Time multiplier. 3.78 lets a line at 110 % trip after 24 min, as in Italy on 28 September 2003.
    tau_s
        Time constant of the thermal curve.
    at_once
        Times the rating from which it trips without delay.
    breaker_s
        How long that takes, relay and breaker together.
    stuck
        Chance that a relay fails to trip when it should; then all branches at its ends trip after `backup_s`.
    hasty
        Chance that a relay trips falsely when a branch at one of its ends does (hidden failures: Phadke and Thorp
        1996, IEEE Computer Applications in Power 9).
    backup_s
        Delay of the backup.
    """

    curve: str = "inverse"
    k_s: float = 80.0
    alpha: float = 2.0
    multiplier: float = 3.78
    tau_s: float = 900.0
    at_once: float = 2.0
    breaker_s: float = 0.1
    stuck: float = 0.0
    hasty: float = 0.0
    backup_s: float = 0.5

    def __post_init__(self) -> None:
        if self.curve not in ("inverse", "thermal"):
            raise InvalidInputError(f"there is no relay curve '{self.curve}'", hint="inverse or thermal")


@dataclass(frozen=True, kw_only=True)
class SwitchingRules:
    """How a faulted section of a feeder is cut out and the rest supplied over ties.

    Parameters
    ----------
    isolate_s
        From the fault to the section cut out and the breakers closed again: about a minute by remote control
        (Northcote-Green and Wilson 2007, Control and Automation of Electrical Power Distribution Systems, chapter
        4, where a crew takes the better part of an hour). None: it waits for `PowerGrid.isolate`, as when a crew
        drives there.
    tie_s
        From then to the closed tie.
    """

    isolate_s: float | None = 60.0
    tie_s: float = 60.0


@dataclass(frozen=True, kw_only=True)
class RestartRules:
    """How an island that collapsed is built up again.

    Parameters
    ----------
    ready_s
        From the collapse to the first black start unit at its bus.
    step_s
        Between two switchings: one branch energised, or blocks of load picked up. 30 min and 5 min are customary
        (Adibi and Fink 1994, Power system restoration planning, IEEE Transactions on Power Systems 9).
    start_s
        From a live bus to a unit that runs there: a hot start of a drum boiler within the hour (same source).
    pick_up
        Share of the running units' limits that may be picked up at once: 5 % (same source).
    """

    ready_s: float = 1800.0
    step_s: float = 300.0
    start_s: float = 3600.0
    pick_up: float = 0.05


@dataclass(frozen=True, kw_only=True)
class GridRules:
    """All rules of a grid."""

    balance: BalanceRules = field(default_factory=BalanceRules)
    relays: RelayRules = field(default_factory=RelayRules)
    switching: SwitchingRules = field(default_factory=SwitchingRules)
    restart: RestartRules = field(default_factory=RestartRules)
