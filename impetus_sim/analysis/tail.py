"""How bad the bad runs are: the mean of the worst share of them.

Source: Rockafellar and Uryasev (2002), J. Banking Finance 26(7):1443 (expected shortfall of a finite sample, in
which a run on the border of the tail counts by the part that lies in it).
"""

from __future__ import annotations

import numpy as np

from impetus_sim.analysis.bootstrap import Floats

CVAR_LEVEL = 0.95
"""The tail is the worst 5 % of the runs."""

CVAR_METHOD = (
    "expected shortfall: mean of the worst 5 % of the runs, the highest where lower is better and the lowest where "
    "higher is better (cvar95_tail says which); with fewer than 20 runs it is the worst one"
)
"""How CVaR95 is computed, as printed beside it."""


def compute_cvar(values: Floats, *, is_lower_better: bool, level: float = CVAR_LEVEL) -> float:
    """Return the mean of the worst ``1 - level`` of the values.

    Parameters
    ----------
    values
        One finite number per replicate, shape (n,), n at least 1.
    is_lower_better
        The worse tail is then the upper one, else the lower one.
    level
        Between 0 (the mean) and 1, exclusive.
    """
    worst_first = np.sort(values)[::-1] if is_lower_better else np.sort(values)
    size = (1.0 - level) * len(values)
    if size <= 1.0:
        return float(worst_first[0])
    weights = np.clip(size - np.arange(len(values)), 0.0, 1.0)
    return float(np.sum(weights * worst_first) / size)
