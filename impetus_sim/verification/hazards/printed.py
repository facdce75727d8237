"""How far computed values are from printed ones."""

from __future__ import annotations

from collections.abc import Mapping

from impetus_sim.verification.case import Measured


def off_printed(values: Mapping[str, tuple[float, float]]) -> Measured:
    """Measure the largest relative difference of computed from printed values.

    Parameters
    ----------
    values
        Name to the computed and the printed value; a printed 0 must be met exactly.
    """
    off = {
        name: abs(computed - printed) / abs(printed) if printed else float(computed != 0.0)
        for name, (computed, printed) in values.items()
    }
    worst = max(off, key=lambda name: off[name])
    computed, printed = values[worst]
    text = f"{len(values)} values; farthest {worst}: {computed:.6g} for {printed:.6g} ({off[worst]:.1e})"
    return Measured(value=off[worst], text=text)
