"""What one broken asset alone brings down, and after how long."""

from __future__ import annotations

from impetus_sim.infrastructure.kernels.needs import find_due, next_due_us
from impetus_sim.infrastructure.kernels.settle import FELL, UNMET, settle
from impetus_sim.kernels.compile import kernel


@kernel
def fail_alone(net, state, asset, until_us, touched, due, work, log, out_fell_us, out_unmet_us):  # type: ignore[no-untyped-def]
    """Break one asset for good at time 0 and let buffers run out until `until_us`.

    Parameters
    ----------
    net, state
        The state is that in which all is whole; overwritten.
    touched, due
        int64 (1,) and (groups,), overwritten.
    work, log
        As in `settle.settle`.
    out_fell_us, out_unmet_us
        int64 (assets,) and (groups,), when a level first fell, and when a need was first unmet and not stood in
        for; -1 for never.
    """
    out_fell_us[:] = -1
    out_unmet_us[:] = -1
    state.is_intact[asset] = 0
    touched[0] = asset
    now, n_touched, n_due = 0, 1, 0
    while True:
        n = settle(net, state, touched[:n_touched], due[:n_due], now, work, log)
        for k in range(n):
            subject = log.subject[k]
            if log.kind[k] == FELL:
                if out_fell_us[subject] < 0:
                    out_fell_us[subject] = now
            elif log.kind[k] >= UNMET and state.lacking[subject] and out_unmet_us[subject] < 0:
                out_unmet_us[subject] = now
        now = next_due_us(state)
        if now > until_us:
            return
        n_touched, n_due = 0, find_due(state, now, due)
