"""Concentration of Gaussian puffs at many points.

Model: docs/models/plume.md. Each point adds up the puffs in the order of their rows, so that the result does not
depend on threads; puffs farther than `REACH` standard deviations are left out, less than 4e-6 of their centre.
"""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import BLOCK, parallel_kernel, prange

REACH = 5.0
"""Standard deviations beyond which a puff is not looked at."""
_ROOT = (2.0 * math.pi) ** 1.5


@parallel_kernel
def add_concentration(  # type: ignore[no-untyped-def]
    x, y, z, mass, puff_x, puff_y, puff_z, sigma_y, sigma_z, box, out_concentration
):
    """Set the concentration at points, kg/m3, over reflecting ground.

    Parameters
    ----------
    x, y, z
        Points, float64 (n,), m.
    mass, puff_x, puff_y, puff_z, sigma_y, sigma_z
        Puffs, float64 (puffs,), kg and m; sigma_y holds along the wind too.
    box
        x0, y0, x1, y1 outside of which no puff reaches, m.
    out_concentration
        float64 (n,), overwritten.
    """
    n, n_puffs = len(x), len(mass)
    for block in prange((n + BLOCK - 1) // BLOCK):
        for i in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
            total = 0.0
            if box[0] <= x[i] <= box[2] and box[1] <= y[i] <= box[3]:
                for k in range(n_puffs):
                    dx, dy = x[i] - puff_x[k], y[i] - puff_y[k]
                    squared = dx * dx + dy * dy
                    reach = REACH * sigma_y[k]
                    if squared <= reach * reach:
                        up = (z[i] - puff_z[k]) / sigma_z[k]
                        down = (z[i] + puff_z[k]) / sigma_z[k]
                        vertical = np.exp(-0.5 * up * up) + np.exp(-0.5 * down * down)
                        spread = sigma_y[k] * sigma_y[k]
                        total += (
                            mass[k]
                            * np.exp(-0.5 * squared / spread)
                            * vertical
                            / (_ROOT * spread * sigma_z[k])
                        )
            out_concentration[i] = total
