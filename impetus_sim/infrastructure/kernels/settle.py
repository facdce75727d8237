"""Levels of all assets after a change at one instant: the greatest levels that agree with each other.

Levels only ever support each other, so the levels that satisfy all needs have a greatest element (Tarski 1955, A
lattice-theoretical fixpoint theorem, Pacific J. Math. 5). It is found from where things stand: whoever may rise is
first raised as far as it could, then everybody sinks until all agree. Work is proportional to what is concerned.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.kernels.needs import (
    is_lacking,
    is_met,
    own_level,
    possible_level,
    set_pace,
    stored_at,
)
from impetus_sim.kernels.compile import kernel

FELL, ROSE, UNMET, MET, EMPTY, LOW, CALLED, SPARED = 0, 1, 2, 3, 4, 5, 6, 7
"""Entries of the log: level of an asset; a need no longer or again met; its buffer empty, or at its mark; a standby
asset, by its tank of fuel, called for or no longer."""


class Log(NamedTuple):
    """What happened, each entry after the one that led to it.

    kind: int8. subject: int64, asset (FELL, ROSE) or group. by: int64, entry that led to it; -1 for what was asked
    of the asset itself, -2 for the lack of the group in `group`. group: int64, need through which a level changed,
    -1 for none. value, was: float64, level after and before.
    """

    kind: npt.NDArray[np.int8]
    subject: npt.NDArray[np.int64]
    by: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    was: npt.NDArray[np.float64]


class Work(NamedTuple):
    """Spare arrays; all marks are cleared at the end of each call.

    queue: int64 (assets + 1,), a ring. seen, raised: int64 (assets,), lists. is_queued, is_seen, is_raised: bool
    (assets,). was: float64 (assets,), level before. entry: int64 (assets,), last entry in the log, -1 none. hoped,
    flipped: int64 (groups,), lists. is_hoped, is_flipped: bool (groups,). group_entry: int64 (groups,). lengths:
    int64 (5,), of seen, hoped, flipped, the log, and raised.
    """

    queue: npt.NDArray[np.int64]
    seen: npt.NDArray[np.int64]
    raised: npt.NDArray[np.int64]
    is_queued: npt.NDArray[np.bool_]
    is_seen: npt.NDArray[np.bool_]
    is_raised: npt.NDArray[np.bool_]
    was: npt.NDArray[np.float64]
    entry: npt.NDArray[np.int64]
    hoped: npt.NDArray[np.int64]
    flipped: npt.NDArray[np.int64]
    is_hoped: npt.NDArray[np.bool_]
    is_flipped: npt.NDArray[np.bool_]
    group_entry: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]


_SEEN, _HOPED, _FLIPPED, _LOG, _RAISED = 0, 1, 2, 3, 4


@kernel
def settle(net, state, touched, due, now_us, work, log):  # type: ignore[no-untyped-def]
    """Bring all levels to agreement at `now_us`, and return the number of entries written to the log.

    Parameters
    ----------
    net, state
        `needs.Net` and `needs.State`; the state is overwritten.
    touched
        int64, assets whose own level may have changed, or whose buffer was filled from outside.
    due
        int64, groups whose buffer is empty or at its mark at `now_us`.
    work, log
        Overwritten.
    """
    work.lengths[:] = 0
    _raise_hopefully(net, state, touched, now_us, work)
    _sink(net, state, touched, due, now_us, work, log)
    _log_rises(net, state, touched, work, log)
    _keep_buffers(net, state, touched, due, now_us, work, log)
    return work.lengths[_LOG]


@kernel
def _note(work, log, kind, subject, by, group, value, was):  # type: ignore[no-untyped-def]
    n = work.lengths[_LOG]
    log.kind[n], log.subject[n], log.by[n], log.group[n] = kind, subject, by, group
    log.value[n], log.was[n] = value, was
    work.lengths[_LOG] = n + 1
    return n


@kernel
def _see(state, a, work):  # type: ignore[no-untyped-def]
    if not work.is_seen[a]:
        work.is_seen[a] = True
        work.was[a] = state.level[a]
        work.entry[a] = -1
        work.seen[work.lengths[_SEEN]] = a
        work.lengths[_SEEN] += 1


@kernel
def _flip(g, work):  # type: ignore[no-untyped-def]
    if not work.is_flipped[g]:
        work.is_flipped[g] = True
        work.group_entry[g] = -2
        work.flipped[work.lengths[_FLIPPED]] = g
        work.lengths[_FLIPPED] += 1


@kernel
def _raise(a, state, work):  # type: ignore[no-untyped-def]
    if not work.is_raised[a] and own_level(state, a) > state.level[a]:
        work.is_raised[a] = True
        _see(state, a, work)
        work.raised[work.lengths[_RAISED]] = a
        work.lengths[_RAISED] += 1


@kernel
def _raise_hopefully(net, state, touched, now_us, work):  # type: ignore[no-untyped-def]
    """Raise whoever may rise to what it could give if all needs that may be met again were met."""
    for a in touched:
        _raise(a, state, work)
    k = 0
    while k < work.lengths[_RAISED]:
        a = work.raised[k]
        k += 1
        for at in range(net.first_dependent[a], net.first_dependent[a + 1]):
            g = net.group[net.dependents[at]]
            if not state.unmet[g]:
                continue
            if not work.is_hoped[g]:
                work.is_hoped[g] = True
                work.hoped[work.lengths[_HOPED]] = g
                work.lengths[_HOPED] += 1
            if state.lacking[g]:
                _raise(net.consumer[g], state, work)
    for k in range(work.lengths[_HOPED]):
        _flip(work.hoped[k], work)
        state.unmet[work.hoped[k]] = 0
    for k in range(work.lengths[_RAISED]):
        a = work.raised[k]
        state.level[a] = max(state.level[a], possible_level(net, state, a, now_us))


@kernel
def _lower(net, state, a, by, g, now_us, tail, work, log):  # type: ignore[no-untyped-def]
    """Lower an asset to what it can give; return the new end of the ring of those to follow up."""
    level = possible_level(net, state, a, now_us)
    if level >= state.level[a]:
        return tail
    _see(state, a, work)
    was = min(work.was[a], state.level[a])
    state.level[a] = level
    if level < was:
        work.entry[a] = _note(work, log, FELL, a, by, g, level, was)
    if not work.is_queued[a]:
        work.is_queued[a] = True
        work.queue[tail] = a
        tail = (tail + 1) % len(work.queue)
    return tail


@kernel
def _feel(net, state, g, was_unmet, now_us, tail, work, log):  # type: ignore[no-untyped-def]
    """Lower the consumer of an unmet group if nothing stands in any more; return the new end of the ring."""
    if not is_lacking(net, state, g, now_us):
        return tail
    if was_unmet and not state.lacking[g] and work.group_entry[g] < 0:
        work.group_entry[g] = _note(work, log, EMPTY, g, -2, g, 0.0, 0.0)
    return _lower(net, state, net.consumer[g], work.group_entry[g], g, now_us, tail, work, log)


@kernel
def _last_to_fall(net, state, g, work):  # type: ignore[no-untyped-def]
    """Return the entry of the alternative of a group that fell below its threshold last."""
    last = -1
    for r in range(net.first_row[g], net.first_row[g + 1]):
        p = net.provider[r]
        if work.is_seen[p] and work.was[p] >= net.threshold[r] > state.level[p]:
            last = max(last, work.entry[p])
    return last


@kernel
def _sink(net, state, touched, due, now_us, work, log):  # type: ignore[no-untyped-def]
    """Lower levels until all agree."""
    tail = 0
    for k in range(work.lengths[_HOPED]):
        state.unmet[work.hoped[k]] = not is_met(net, state, work.hoped[k])
    for g in due:
        _flip(g, work)
        if net.is_fuel[g] and stored_at(net, state, g, now_us) > 0:
            _note(work, log, LOW, g, -2, g, 0.0, 0.0)
        tail = _feel(net, state, g, True, now_us, tail, work, log)
    for a in touched:
        tail = _lower(net, state, a, -1, -1, now_us, tail, work, log)
    for k in range(work.lengths[_HOPED]):
        tail = _feel(net, state, work.hoped[k], True, now_us, tail, work, log)
    head = 0
    while head != tail:
        a = work.queue[head]
        head = (head + 1) % len(work.queue)
        work.is_queued[a] = False
        for at in range(net.first_dependent[a], net.first_dependent[a + 1]):
            r = net.dependents[at]
            g = net.group[r]
            if state.unmet[g] or state.level[a] >= net.threshold[r] or is_met(net, state, g):
                continue
            state.unmet[g] = 1
            _flip(g, work)
            if not work.is_hoped[g]:
                by = _last_to_fall(net, state, g, work)
                work.group_entry[g] = _note(work, log, UNMET, g, by, g, 0.0, 0.0)
            tail = _feel(net, state, g, work.is_hoped[g], now_us, tail, work, log)


@kernel
def _log_rises(net, state, touched, work, log):  # type: ignore[no-untyped-def]
    """Write who rose, from those who were asked onward, and whose needs are met again."""
    n = 0
    for a in touched:
        if work.is_raised[a] and state.level[a] > work.was[a] and work.entry[a] < 0:
            work.entry[a] = _note(work, log, ROSE, a, -1, -1, state.level[a], work.was[a])
            work.queue[n] = a
            n += 1
    k = 0
    while k < n:
        a = work.queue[k]
        k += 1
        for at in range(net.first_dependent[a], net.first_dependent[a + 1]):
            r = net.dependents[at]
            g = net.group[r]
            if not work.is_hoped[g] or state.unmet[g] or work.group_entry[g] >= 0:
                continue
            if state.level[a] < net.threshold[r]:
                continue
            by = _note(work, log, MET, g, work.entry[a], g, 0.0, 0.0)
            work.group_entry[g] = by
            c = net.consumer[g]
            if state.lacking[g] and state.level[c] > work.was[c] and work.entry[c] < 0:
                work.entry[c] = _note(work, log, ROSE, c, by, g, state.level[c], work.was[c])
                work.queue[n] = c
                n += 1


@kernel
def call_standby(net, state, g, by, now_us, work, log):  # type: ignore[no-untyped-def]
    """Call for the standby alternatives of a group that no earlier alternative makes needless.

    Whether one can run, and whether its customer is broken, does not count: its fuel is counted down on the safe
    side. `by` is the entry of the log that led to it.
    """
    is_called = True
    for r in range(net.first_row[g], net.first_row[g + 1]):
        p = net.provider[r]
        if net.is_standby[p] and is_called != (state.is_run[r] != 0):
            state.is_run[r] = is_called
            state.n_runs[p] += 1 if is_called else -1
            if state.n_runs[p] == is_called:
                kind = CALLED if is_called else SPARED
                for fuel in range(net.first_group[p], net.first_group[p + 1]):
                    if net.is_fuel[fuel] and net.is_felt[fuel]:
                        set_pace(net, state, fuel, now_us)
                        _note(work, log, kind, fuel, by, fuel, 0.0, 0.0)
        if state.level[p] >= net.threshold[r]:
            is_called = False


@kernel
def _keep_buffers(net, state, touched, due, now_us, work, log):  # type: ignore[no-untyped-def]
    """Let buffers drain or fill as things stand now, and clear all marks."""
    for k in range(work.lengths[_FLIPPED]):
        g = work.flipped[k]
        set_pace(net, state, g, now_us)
        work.is_flipped[g], work.is_hoped[g] = False, False
    for a in touched:
        for g in range(net.first_group[a], net.first_group[a + 1]):
            if net.is_fuel[g]:
                set_pace(net, state, g, now_us)
    for k in range(work.lengths[_SEEN]):
        a = work.seen[k]
        if state.level[a] != work.was[a]:
            for at in range(net.first_dependent[a], net.first_dependent[a + 1]):
                g = net.group[net.dependents[at]]
                if net.has_standby[g]:
                    call_standby(net, state, g, work.entry[a], now_us, work, log)
        work.is_seen[a], work.is_raised[a], work.is_queued[a] = False, False, False


@kernel
def flag_needs(net, state, service, fuelled, log, n_log, out_unmet, out_on_buffer):  # type: ignore[no-untyped-def]
    """Set the bits of services that are lacking, and for which a buffer stands in, of all assets in the log.

    Parameters
    ----------
    service
        uint8 (groups,).
    fuelled
        int64, assets with a tank of fuel: whether it is drawn on has no entry in the log.
    out_unmet, out_on_buffer
        uint8 (assets,), overwritten for these assets.
    """
    for k in range(n_log + len(fuelled)):
        if k < n_log:
            if log.kind[k] == FELL or log.kind[k] == ROSE:
                continue
            a = net.consumer[log.subject[k]]
        else:
            a = fuelled[k - n_log]
        unmet, on_buffer = 0, 0
        for g in range(net.first_group[a], net.first_group[a + 1]):
            if state.lacking[g]:
                unmet |= 1 << service[g]
            elif state.pace[g] < 0:
                on_buffer |= 1 << service[g]
        out_unmet[a], out_on_buffer[a] = unmet, on_buffer
