"""Waiting in a control room against M/M/c: the queue of runs, with constant rates, no fatigue and no errors."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.response.kernels.operator import OperatorLaw
from impetus_sim.response.kernels.queue import serve_queue
from impetus_sim.verification.case import Case, Effort, Measured

CALLS: Final = 1_000_000
SEED: Final = 7
SERVICE_S: Final = 60.0
LOADS: Final = (0.5, 0.7, 0.85)
OPERATORS: Final = (1, 2, 4)
LIMIT: Final = 0.05
MODEL: Final = "control_room_queue"
_UNTIRED: Final = OperatorLaw(tires=0.0, dulls=0.0, awake_us=0, overload=0.0, slowest=1.0)
_SOURCE: Final = "Erlang 1917; Kleinrock 1975, Queueing Systems I, 3.5"


def erlang_c(load: float, n_operators: int) -> float:
    """Return the chance that a call has to wait: Erlang's C formula.

    Parameters
    ----------
    load
        Utilisation, in (0, 1): rate of arrivals times mean service over the number of operators.
    n_operators
        1 or more.
    """
    offered, blocked = load * n_operators, 1.0
    for k in range(1, n_operators + 1):  # Erlang B by its recursion
        blocked = offered * blocked / (k + offered * blocked)
    return blocked / (1.0 - load * (1.0 - blocked))


def mean_wait_s(load: float, n_operators: int, service_s: float) -> float:
    """Return the mean time before service of M/M/c, those who need not wait counted, s."""
    return erlang_c(load, n_operators) * service_s / (n_operators * (1.0 - load))


def simulate_waits(load: float, n_operators: int, n_calls: int) -> npt.NDArray[np.float64]:
    """Return the waiting time of each of many calls in an empty room's queue, s."""
    draws = rng.draw_uniforms(SEED, n_operators, f"verify.queue.{load}", np.arange(n_calls, dtype=np.uint64))
    gaps_s = -np.log(draws[:, 0]) * SERVICE_S / (n_operators * load)
    arrived = np.round(np.cumsum(gaps_s) * 1e6).astype(np.int64)
    service = np.round(-np.log(draws[:, 1]) * SERVICE_S * 1e6).astype(np.int64)
    started, done, operator = np.full(n_calls, -1), np.full(n_calls, -1), np.full(n_calls, -1)
    serve_queue(
        2**62, 0, _UNTIRED, arrived, np.zeros(n_calls, np.uint8), service, np.ones(n_operators),
        np.zeros(n_operators, np.int64), started, done, operator, np.zeros(n_calls),
    )  # fmt: skip
    return np.asarray((started - arrived) / 1e6, np.float64)


def off_mean(effort: Effort, *, load: float, n_operators: int) -> Measured:
    """Measure how far the mean wait is off Erlang's, as a share of it."""
    del effort
    waits, expected = simulate_waits(load, n_operators, CALLS), mean_wait_s(load, n_operators, SERVICE_S)
    mean, must_wait = float(waits.mean()), float((waits > 0.0).mean())
    off = abs(mean - expected) / expected
    text = f"{mean:.3f} s, expected {expected:.3f}: {100 * off:.2f} % off; {must_wait:.4f} wait"
    return Measured(value=off, text=f"{text}, expected {erlang_c(load, n_operators):.4f}")


def _case(load: float, n_operators: int) -> Case:
    return Case(
        id=f"queue-{n_operators}-{100 * load:.0f}",
        standard="queue of a control room",
        title=f"{n_operators} operators, utilisation {load:g}, {CALLS} calls",
        source=_SOURCE,
        low=0.0,
        high=LIMIT,
        expected=f"mean wait {mean_wait_s(load, n_operators, SERVICE_S):.2f} s (M/M/c), within 5 %",
        run=partial(off_mean, load=load, n_operators=n_operators),
        default_model=MODEL,
    )


CASES = tuple(_case(load, n) for n in OPERATORS for load in LOADS)
