"""The queue of a control room: the most urgent waits least, then first come, first served, by whoever is free.

One piece for runs and for the check against M/M/c. Times are whole microseconds. It may be called in as many parts
as wanted: what is due up to a time depends only on what has come by then.
"""

from __future__ import annotations

from impetus_sim.kernels.compile import kernel
from impetus_sim.response.kernels.operator import alertness, burden, watchfulness


@kernel
def serve_queue(  # type: ignore[no-untyped-def]
    until_us,
    head,
    law,
    arrived_us,
    priority,
    base_us,
    skill,
    free_us,
    out_started_us,
    out_done_us,
    out_operator,
    out_keenness,
):
    """Let operators take up work until a time; return the first row that still waits.

    Parameters
    ----------
    until_us
        Work is begun up to this time, us.
    head
        All rows before this one have been begun.
    law
        `OperatorLaw`.
    arrived_us, priority, base_us
        Of each piece of work: when it came (ascending), how urgent (0 most), and how long a rested operator of
        usual skill takes.
    skill, free_us
        Of each operator: speed and keenness beside the usual, and since or until when free (written).
    out_started_us, out_done_us, out_operator, out_keenness
        Written for work that is begun; -1 in out_started_us for work that waits. Keenness is 1 for a rested,
        watchful operator of usual skill whom nothing presses.
    """
    n, n_operators = len(arrived_us), len(free_us)
    while head < n:
        if out_started_us[head] >= 0:
            head += 1
            continue
        who = 0
        for k in range(1, n_operators):  # who has been free longest; of equals the first
            if free_us[k] < free_us[who]:
                who = k
        now = max(free_us[who], arrived_us[head])
        if now > until_us:
            break
        row, n_waiting = head, 0
        for j in range(head, n):
            if arrived_us[j] > now:
                break
            if out_started_us[j] < 0:
                n_waiting += 1
                if priority[j] < priority[row]:
                    row = j
        rested, pressed = alertness(law, now), burden(law, n_waiting, n_operators)
        out_started_us[row] = now
        out_done_us[row] = now + max(1, round(base_us[row] * pressed / (skill[who] * rested)))
        out_operator[row] = who
        out_keenness[row] = skill[who] * rested * watchfulness(law, now - free_us[who]) / pressed
        free_us[who] = out_done_us[row]
    return head
