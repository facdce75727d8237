"""Telemetry of a power grid that no state of the grid can explain: the residual of a DC state estimate.

Angles are estimated from all measured line flows and injections by weighted least squares; the sum of squared
weighted residuals is chi-squared with as many degrees of freedom as there are measurements beyond the angles, and
the largest normalised residual names the measurement that is off. A false reading is found unless all readings that
depend on the same angles are changed together (the stealthy attack of Liu, Ning and Reiter 2009).

Reference: Abur and Gomez-Exposito 2004, Power System State Estimation, chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class PowerResidual:
    """What came of one set of readings.

    Parameters
    ----------
    statistic
        Sum of squared weighted residuals.
    limit
        Above it the readings fit no state.
    normalised
        Residual of each measurement over its standard deviation; nan for one that nothing checks, float64 (m,).
    """

    statistic: float
    limit: float
    normalised: Floats

    @property
    def score(self) -> float:
        """It alarms from 1 on."""
        return self.statistic / self.limit

    @property
    def worst(self) -> int:
        """The measurement that is off most."""
        return int(np.nanargmax(np.abs(self.normalised)))


class PowerWatch:
    """Judges readings of line flows and injections of a grid.

    Parameters
    ----------
    from_bus, to_bus
        Buses of each branch in service, int64 (branches,).
    susceptance
        Of each branch, per unit, float64 (branches,).
    n_buses
        Buses; bus 0 is the reference of the angles. The grid must be connected.
    spread
        Standard deviation of the measured flows, then injections, per unit, float64 (branches + buses,).
    false_rate
        Chance of a false alarm at a reading.
    """

    def __init__(
        self,
        from_bus: npt.NDArray[np.int64],
        to_bus: npt.NDArray[np.int64],
        susceptance: Floats,
        *,
        n_buses: int,
        spread: Floats,
        false_rate: float = 1e-4,
    ) -> None:
        n = len(from_bus)
        incidence = np.zeros((n, n_buses))
        incidence[np.arange(n), from_bus] = 1.0
        incidence[np.arange(n), to_bus] = -1.0
        flows = susceptance[:, None] * incidence
        model = np.vstack([flows, incidence.T @ flows])[:, 1:]
        weighted = model / spread[:, None]
        basis = np.linalg.qr(weighted)[0]
        self._basis, self._spread = basis, spread
        self._free = np.maximum(1.0 - (basis**2).sum(axis=1), 0.0)
        self.degrees_of_freedom = len(spread) - (n_buses - 1)
        self.limit = float(chi2.ppf(1.0 - false_rate, self.degrees_of_freedom))

    def judge(self, flows: Floats, injections: Floats) -> PowerResidual:
        """Judge one set of readings, per unit, float64 (branches,) and (buses,)."""
        z = np.concatenate([flows, injections]) / self._spread
        off = z - self._basis @ (self._basis.T @ z)
        checked = self._free > 1e-9
        normalised = np.full(len(z), np.nan)
        normalised[checked] = off[checked] / np.sqrt(self._free[checked])
        return PowerResidual(statistic=float(off @ off), limit=self.limit, normalised=normalised)
