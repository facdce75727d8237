"""What can be reached at all, and what nothing could be reached without."""

from __future__ import annotations

import numpy as np

from impetus_sim.kernels.compile import kernel, parallel_kernel, prange


@kernel
def fill_reachable(needs, first_child, child, entries, is_barred, waits, stack, out_reached):  # type: ignore[no-untyped-def]
    """Mark the steps that can be done, barred ones left out; overwrites `waits`, `stack` and `out_reached`.

    Parameters
    ----------
    needs, first_child, child
        As in `episodes.Steps`.
    entries
        Rows at which the attacker begins.
    is_barred
        Steps that cannot be done, uint8 (steps,).
    """
    waits[:] = needs
    out_reached[:] = 0
    n = 0
    for k in range(entries.shape[0]):
        s = entries[k]
        if not is_barred[s] and not out_reached[s]:
            out_reached[s] = 1
            stack[n] = s
            n += 1
    while n > 0:
        n -= 1
        s = stack[n]
        for j in range(first_child[s], first_child[s + 1]):
            c = child[j]
            waits[c] -= 1
            if waits[c] <= 0 and not out_reached[c] and not is_barred[c]:
                out_reached[c] = 1
                stack[n] = c
                n += 1


@parallel_kernel
def count_lost(needs, first_child, child, entries, owner, is_barred, is_goal, n_owners, out_lost):  # type: ignore[no-untyped-def]
    """Count, for each owner of steps, the goals that cannot be reached once its steps are barred.

    Parameters
    ----------
    owner
        Who holds each step, int64 (steps,); -1 for nobody.
    is_barred
        Steps that cannot be done anyway, uint8 (steps,).
    is_goal
        uint8 (steps,).
    out_lost
        Overwritten: goals that are out of reach, int64 (owners,), those that were so anyway counted too.
    """
    n = needs.shape[0]
    n_blocks = (n_owners + 15) // 16
    for block in prange(n_blocks):
        barred, reached = np.empty(n, np.uint8), np.empty(n, np.uint8)
        waits, stack = np.empty(n, np.int32), np.empty(n, np.int64)
        for o in range(block * 16, min(n_owners, (block + 1) * 16)):
            for s in range(n):
                barred[s] = 1 if is_barred[s] or owner[s] == o else 0
            fill_reachable(needs, first_child, child, entries, barred, waits, stack, reached)
            lost = 0
            for s in range(n):
                if is_goal[s] and not reached[s]:
                    lost += 1
            out_lost[o] = lost
