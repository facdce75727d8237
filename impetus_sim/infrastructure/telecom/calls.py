"""Calls that get through at each cell: signalling first, then a line, and callers who try again.

Model: attempts A (Erlang of calls tried) need a set-up over the cell's signalling, then a line. Signalling passes
the share s = min(1, capacity / A); lines block B(s A) of what is left (Erlang B). An attempt that fails is tried
again with the recall share r, so A = a + r A F(A) with F = 1 - s (1 - B), the fixed point of extended Erlang B. Of
the fresh calls a, the share A (1 - F) / a gets through in the end.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.telecom.erlang import blocked_share
from impetus_sim.infrastructure.telecom.rules import PhoneRules

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HALVINGS: Final = 50
"""Of the interval that holds the fixed point: to 1e-15 of its width."""


class Calls(NamedTuple):
    """Calls at each cell, float64 (cells,): attempts, Erlang; served, share of fresh calls that get through;
    signalling, channels that set-ups hold."""

    attempts: Floats
    served: Floats
    signalling: Floats


def settle_calls(fresh_erlang: Floats, lines: Ints, signalling: Floats, rules: PhoneRules) -> Calls:
    """Return what becomes of the calls of each cell.

    Parameters
    ----------
    fresh_erlang
        float64 (cells,), calls that people want to make.
    lines
        int64 (cells,), calls at once.
    signalling
        float64 (cells,), channels that set-ups may hold.
    rules
        Lengths of calls and set-ups, recall share.
    """
    passed = signalling * rules.call_s / rules.setup_s  # Erlang of attempts whose set-ups fill the channels
    low, high = fresh_erlang, fresh_erlang / (1.0 - rules.recall_share)
    for _ in range(HALVINGS if rules.recall_share > 0.0 and (fresh_erlang > 0.0).any() else 0):
        middle = 0.5 * (low + high)
        tried = (1.0 - rules.recall_share) * middle + rules.recall_share * _carried(middle, lines, passed)
        low = np.where(tried < fresh_erlang, middle, low)
        high = np.where(tried < fresh_erlang, high, middle)
    attempts = high
    carried = _carried(attempts, lines, passed)
    some = fresh_erlang > 0.0
    served = np.where(
        some, np.minimum(carried / np.where(some, fresh_erlang, 1.0), 1.0), _can_serve(lines, passed)
    )
    held = np.minimum(attempts * rules.setup_s / rules.call_s, signalling)
    return Calls(attempts=attempts, served=served, signalling=held)


def _carried(attempts: Floats, lines: Ints, passed: Floats) -> Floats:
    """Return the Erlang that end in calls, of so many tried."""
    offered = np.minimum(attempts, passed)
    return offered * (1.0 - blocked_share(offered, lines))


def _can_serve(lines: Ints, passed: Floats) -> Floats:
    """Return 1 where a first call would get through."""
    return ((lines > 0) & (passed > 0.0)).astype(np.float64)
