"""From the rows of needs to the flat arrays of the compiled engine, with every fault named."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.kernels.needs import NEVER, Net, State
from impetus_sim.infrastructure.kernels.settle import Log, Work
from impetus_sim.kernels.philox import draw_uniforms
from impetus_sim.rng import stable_hash
from impetus_sim.world.assets import Assets, Needs, Service

MAX_BUFFER_S: Final = 365 * 86400.0
"""Longer ones overflow the parts that a buffer is counted in."""
FUEL_MARK: Final = 0.5
"""Share of a tank at which fuel is asked for. NFPA 110 asks for no share; half is a common rule of operators."""
STANDBY_KINDS: Final = ("generator",)
"""Kinds that run only while the other alternatives of a customer fail."""
_FINEST: Final = 10**6
"""Largest number of parts per microsecond; the time to fill is met to a millionth, and exactly if it can be."""
_ONE_PER_GROUP: Final = ("service", "buffer_s", "refill_s", "level_without", "probability")


def build_net(assets: Assets, draw_key: npt.NDArray[np.uint32], *, fuel_mark: float = FUEL_MARK) -> Net:
    """Return the needs of all assets as flat arrays, with the chance that a lack is felt drawn for each group.

    Parameters
    ----------
    draw_key
        Key of the stream, uint32 (2,). A draw depends on the id of the consumer and the number of the group only.
    fuel_mark
        Share of a tank of fuel at which more is asked for, above 0 and below 1.

    Raises
    ------
    InvalidInputError
        When a row names an asset that is not there, rows are unsorted, a number is out of its range, or rows of one
        group differ where they must not.
    """
    if not 0.0 < fuel_mark < 1.0:
        raise InvalidInputError(
            f"the mark at which fuel is asked for is {fuel_mark}", hint="above 0, below 1"
        )
    _require_sound(assets)
    needs, n = assets.needs, len(assets)
    is_standby = np.isin(np.array(assets.kinds, dtype=object), STANDBY_KINDS)
    order = np.lexsort((is_standby[needs.provider], needs.group, needs.consumer))
    consumer, provider = needs.consumer[order], needs.provider[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (np.diff(consumer) != 0) | (np.diff(needs.group[order]) != 0)
    heads = order[np.flatnonzero(is_first)]
    group_of_row = np.cumsum(is_first) - 1
    first_row = np.append(np.flatnonzero(is_first), len(order)).astype(np.int64)
    is_fuel = needs.service[heads] == Service.FUEL
    is_felt = _draw_felt(assets, heads, draw_key)
    full, drain, fill = _parts(needs.buffer_s[heads], needs.refill_s[heads])
    acts = np.flatnonzero((is_felt & ~is_fuel)[group_of_row])
    dependents = acts[np.argsort(provider[acts], kind="stable")]
    return Net(
        consumer=needs.consumer[heads].astype(np.int64),
        first_row=first_row,
        provider=provider.astype(np.int64),
        threshold=needs.threshold[order].astype(np.float64),
        group=group_of_row.astype(np.int64),
        first_group=np.searchsorted(needs.consumer[heads], np.arange(n + 1)).astype(np.int64),
        first_dependent=np.searchsorted(provider[dependents], np.arange(n + 1)).astype(np.int64),
        dependents=dependents.astype(np.int64),
        full=full,
        mark=np.where(is_fuel, (full * fuel_mark).astype(np.int64), -1),
        drain=drain,
        fill=fill,
        level_without=needs.level_without[heads].astype(np.float64),
        is_felt=is_felt,
        is_fuel=is_fuel,
        has_standby=is_felt & ~is_fuel & (np.bincount(group_of_row, is_standby[provider], len(heads)) > 0),
        is_standby=is_standby,
    )


def services_of_groups(needs: Needs) -> npt.NDArray[np.uint8]:
    """Return the service of each group, uint8 (groups,), in the order of `build_net`."""
    pairs = np.stack([needs.consumer, needs.group], axis=1)
    is_first = np.ones(len(needs), np.bool_)
    is_first[1:] = (np.diff(pairs, axis=0) != 0).any(axis=1)
    return needs.service[is_first]


def initial_state(net: Net) -> State:
    """Return the state in which everything is whole and on, all needs met and all buffers full."""
    n, n_groups = len(net.first_group) - 1, len(net.consumer)
    return State(
        level=np.ones(n),
        told=np.ones(n),
        supply=np.ones(n),
        is_intact=np.ones(n, np.uint8),
        unmet=net.is_fuel.astype(np.uint8),
        lacking=np.zeros(n_groups, np.uint8),
        stored=net.full.copy(),
        at_us=np.zeros(n_groups, np.int64),
        pace=np.zeros(n_groups, np.int8),
        due_us=np.full(n_groups, NEVER),
        is_run=np.zeros(len(net.provider), np.uint8),
        n_runs=np.zeros(n, np.int64),
    )


def spare_arrays(net: Net) -> tuple[Work, Log]:
    """Return the spare arrays and the log of `kernels.settle.settle`."""
    n, n_groups = len(net.first_group) - 1, len(net.consumer)
    most = 2 * n + 4 * n_groups + 2 * len(net.provider)
    work = Work(
        queue=np.zeros(n + 1, np.int64),
        seen=np.zeros(n, np.int64),
        raised=np.zeros(n, np.int64),
        is_queued=np.zeros(n, np.bool_),
        is_seen=np.zeros(n, np.bool_),
        is_raised=np.zeros(n, np.bool_),
        was=np.zeros(n),
        entry=np.zeros(n, np.int64),
        hoped=np.zeros(n_groups, np.int64),
        flipped=np.zeros(n_groups, np.int64),
        is_hoped=np.zeros(n_groups, np.bool_),
        is_flipped=np.zeros(n_groups, np.bool_),
        group_entry=np.zeros(n_groups, np.int64),
        lengths=np.zeros(5, np.int64),
    )
    log = Log(
        kind=np.zeros(most, np.int8),
        subject=np.zeros(most, np.int64),
        by=np.zeros(most, np.int64),
        group=np.zeros(most, np.int64),
        value=np.zeros(most),
        was=np.zeros(most),
    )
    return work, log


def _parts(
    buffer_s: npt.NDArray[np.float64], refill_s: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], ...]:
    """Return parts in a full buffer, and drained and filled per microsecond, as whole numbers."""
    pairs, back = np.unique(np.stack([buffer_s, refill_s], axis=1), axis=0, return_inverse=True)
    parts = np.empty((len(pairs), 3), np.int64)
    for k, (buffer, refill) in enumerate(pairs):
        buffer_us, refill_us = round(buffer * US_PER_S), round(refill * US_PER_S)
        if buffer_us == 0 or refill_us == 0:
            parts[k] = buffer_us, 1, 0
            continue
        # full = buffer x drain parts are filled in `refill` at `fill` a microsecond: drain / fill = refill / buffer
        finest = min(_FINEST, 2**62 // buffer_us)
        least = Fraction(1, finest)
        ratio = Fraction(refill_us, buffer_us)
        if ratio >= 1:
            ratio = 1 / max(least, (1 / ratio).limit_denominator(finest))
        else:
            ratio = max(least, ratio.limit_denominator(finest))
        parts[k] = buffer_us * ratio.numerator, ratio.numerator, ratio.denominator
    return tuple(np.ascontiguousarray(column) for column in parts[back.ravel()].T)


def _draw_felt(
    assets: Assets, heads: npt.NDArray[np.int64], draw_key: npt.NDArray[np.uint32]
) -> npt.NDArray[np.bool_]:
    needs = assets.needs
    felt = np.ones(len(heads), np.bool_)
    for k in np.flatnonzero(needs.probability[heads] < 1.0):
        row = heads[k]
        who = np.uint64(stable_hash(assets.ids[needs.consumer[row]]))
        felt[k] = draw_uniforms(draw_key, who, int(needs.group[row]), 0)[0] < needs.probability[row]
    return felt


def _require_sound(assets: Assets) -> None:
    needs, n = assets.needs, len(assets)
    ends = np.stack([needs.consumer, needs.provider])
    if ends.size and (ends.min() < 0 or ends.max() >= n):
        raise InvalidInputError(f"needs name assets {ends.min()} to {ends.max()}, there are {n}")
    falls = (np.diff(needs.consumer) < 0) | ((np.diff(needs.consumer) == 0) & (np.diff(needs.group) < 0))
    if falls.any():
        raise InvalidInputError("rows of needs are not sorted by consumer, then group")
    for field, low, high in (
        ("threshold", np.nextafter(0.0, 1.0), 1.0),
        ("buffer_s", 0.0, MAX_BUFFER_S),
        ("refill_s", 0.0, MAX_BUFFER_S),
        ("level_without", 0.0, 1.0),
        ("probability", 0.0, 1.0),
    ):
        _require_within(assets, field, low, high)
    dry = np.flatnonzero((needs.service == Service.FUEL) & (needs.buffer_s == 0.0))
    if len(dry):
        raise InvalidInputError(
            f"need of '{assets.ids[needs.consumer[dry[0]]]}': fuel without a tank", hint="buffer_s above 0"
        )
    same = (np.diff(needs.consumer) == 0) & (np.diff(needs.group) == 0)
    for field in _ONE_PER_GROUP:
        differs = np.flatnonzero(same & (np.diff(getattr(needs, field).astype(np.float64)) != 0.0))
        if len(differs):
            row = int(differs[0]) + 1
            raise InvalidInputError(
                f"'{assets.ids[needs.consumer[row]]}', group {int(needs.group[row])}: {field} differs between"
                " alternatives"
            )


def _require_within(assets: Assets, field: str, low: Any, high: float) -> None:
    values = getattr(assets.needs, field)
    bad = np.flatnonzero(~((values >= low) & (values <= high)))
    if len(bad):
        consumer = assets.ids[assets.needs.consumer[bad[0]]]
        allowed = f"above 0, at most {high:g}" if 0.0 < low < 1e-6 else f"{low:g} to {high:g}"
        raise InvalidInputError(f"need of '{consumer}': {field} is {values[bad[0]]}", hint=allowed)
