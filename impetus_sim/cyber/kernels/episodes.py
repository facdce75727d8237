"""Sampled times to compromise over AND and OR steps, many episodes at once.

Dijkstra's algorithm in the order of time: an OR step begins when the first of its parents is done, an AND step
when the last is. Since a step's time is its own, each step is queued once. Times are whole microseconds, so that
sums are exact. What is not an attack step (a service that is lost once a buffer is empty) is neither noticed nor
stopped.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from impetus_sim.cyber.kernels.draw import NEVER, draw_step
from impetus_sim.kernels.compile import event_kernel, kernel, parallel_kernel, prange

EPISODES_PER_BLOCK = 16
"""Episodes of one parallel block, which share its arrays."""

Steps = namedtuple(
    "Steps",
    "who needs is_attack kind a b exists is_seen seen_kind seen_a seen_b not_before first_child child",
)
"""Arrays of an attack graph as kernels take them: for each step its stable id (uint64), the number of parents that
must be done before it begins (1 for OR, all for AND), whether it is an attack step, distributions as in
`draw.draw_step`, the earliest time at which it may begin (microseconds); children as rows of `child` from
``first_child[i]`` to ``first_child[i + 1]``."""


@event_kernel
def _push(heap_time, heap_step, n, time, step):  # type: ignore[no-untyped-def]
    at = n
    while at > 0:
        up = (at - 1) >> 1
        if heap_time[up] < time or (heap_time[up] == time and heap_step[up] < step):
            break
        heap_time[at], heap_step[at] = heap_time[up], heap_step[up]
        at = up
    heap_time[at], heap_step[at] = time, step


@event_kernel
def _sink(heap_time, heap_step, n):  # type: ignore[no-untyped-def]
    """Fill the root, which was taken, from what is last among `n` and one more."""
    time, step = heap_time[n], heap_step[n]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= n:
            break
        right = down + 1
        if right < n and (
            heap_time[right] < heap_time[down]
            or (heap_time[right] == heap_time[down] and heap_step[right] < heap_step[down])
        ):
            down = right
        if time < heap_time[down] or (time == heap_time[down] and step < heap_step[down]):
            break
        heap_time[at], heap_step[at] = heap_time[down], heap_step[down]
        at = down
    heap_time[at], heap_step[at] = time, step


@event_kernel
def draw_attempt(steps, key, episode, s, attempt):  # type: ignore[no-untyped-def]
    """Draw one attempt at step s; return as `draw_step` does."""
    return draw_step(
        key,
        steps.who[s],
        episode,
        attempt,
        steps.kind[s],
        steps.a[s],
        steps.b[s],
        steps.exists[s],
        steps.is_seen[s],
        steps.seen_kind[s],
        steps.seen_a[s],
        steps.seen_b[s],
    )


@kernel
def run_episode(steps, key, episode, entries, start, respond, until, waits, heap_time, heap_step, out_times):  # type: ignore[no-untyped-def]
    """Sample one episode; overwrites `waits`, the heap and `out_times`.

    Parameters
    ----------
    steps
        `Steps`.
    entries
        Rows at which the attacker begins at `start`, microseconds, whatever their parents are.
    respond
        Time from the first notice until the attacker is shut out, microseconds; `NEVER` where nobody responds.
    until
        Steps done later are left out, microseconds.
    out_times
        When each step is done, int64 (steps,); `NEVER`.

    Returns
    -------
    When the attacker is first noticed; `NEVER`.
    """
    waits[:] = steps.needs
    out_times[:] = NEVER
    noticed, shut_out, n = NEVER, NEVER, 0
    for k in range(entries.shape[0]):
        s = entries[k]
        if waits[s] > 0:
            waits[s] = 0
            begins = max(start, steps.not_before[s])
            takes, seen = draw_attempt(steps, key, episode, s, 0)
            if steps.is_attack[s] and seen < NEVER:
                noticed = min(noticed, begins + seen)
            if takes < NEVER:
                _push(heap_time, heap_step, n, begins + takes, s)
                n += 1
    if respond < NEVER and noticed < NEVER:
        shut_out = noticed + respond
    while n > 0:
        now, s = heap_time[0], heap_step[0]
        if now > until:
            break
        n -= 1
        _sink(heap_time, heap_step, n)
        if steps.is_attack[s] and now > shut_out:
            continue
        out_times[s] = now
        for j in range(steps.first_child[s], steps.first_child[s + 1]):
            c = steps.child[j]
            if waits[c] <= 0:
                continue
            waits[c] -= 1
            if waits[c] > 0:
                continue
            begins = max(now, steps.not_before[c])
            takes, seen = draw_attempt(steps, key, episode, c, 0)
            if steps.is_attack[c] and seen < NEVER and begins <= shut_out:
                noticed = min(noticed, begins + seen)
                if respond < NEVER:
                    shut_out = noticed + respond
            if takes < NEVER:
                _push(heap_time, heap_step, n, begins + takes, c)
                n += 1
    return noticed


@parallel_kernel
def run_episodes(steps, key, first, entries, start, respond, until, watched, out_times, out_noticed):  # type: ignore[no-untyped-def]
    """Sample episodes ``first``, ``first + 1``, ...; each is the same for any number of threads.

    Parameters
    ----------
    watched
        Rows whose times are kept, int64 (w,).
    out_times
        Overwritten: when they are done, int64 (episodes, w).
    out_noticed
        Overwritten: when the attacker is first noticed, int64 (episodes,).
    """
    n_episodes, n = out_noticed.shape[0], steps.who.shape[0]
    n_blocks = (n_episodes + EPISODES_PER_BLOCK - 1) // EPISODES_PER_BLOCK
    for block in prange(n_blocks):
        waits, times = np.empty(n, np.int32), np.empty(n, np.int64)
        heap_time, heap_step = np.empty(n, np.int64), np.empty(n, np.int64)
        for e in range(block * EPISODES_PER_BLOCK, min(n_episodes, (block + 1) * EPISODES_PER_BLOCK)):
            out_noticed[e] = run_episode(
                steps, key, first + e, entries, start, respond, until, waits, heap_time, heap_step, times
            )
            for k in range(watched.shape[0]):
                out_times[e, k] = times[watched[k]]
