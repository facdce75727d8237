"""Whether a system that was restored from its tables goes on as one that never stopped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.verification.case import Measured


def count_columns_that_differ(whole: Sequence[Table], branch: Sequence[Table]) -> Measured:
    """Count the columns of the first tables that are not equal to those of the second, bit for bit."""
    pairs = [
        (column, theirs.columns[name])
        for ours, theirs in zip(whole, branch, strict=True)
        for name, column in ours.columns.items()
    ]
    differ = sum(not np.array_equal(a, b) for a, b in pairs)
    return Measured(value=float(differ), text=f"{differ} of {len(pairs)} columns differ")
