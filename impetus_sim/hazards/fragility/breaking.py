"""Assets that break under a hazard of one measure: what they bear, and orders that damage them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.hazards.base import Hazard
from impetus_sim.hazards.fragility.curves import HAZARDS, Curve, bundled_curves
from impetus_sim.hazards.fragility.strength import draw_strengths, find_failures
from impetus_sim.world.assets import Order
from impetus_sim.world.context import PartContext

STREAM = "hazards.fragility"
"""Name of the stream from which strengths are drawn: one for all hazards of a run."""


class Breaking:
    """Assets under one measure.

    Parameters
    ----------
    hazard
        Whose events tell of it.
    rows
        Of the assets, int64 (n,).
    measure
        Of `curves.HAZARDS`.
    """

    def __init__(
        self, hazard: Hazard, context: PartContext, rows: npt.NDArray[np.int64], measure: str
    ) -> None:
        assets = context.world.assets
        assert assets is not None
        self._hazard, self.rows, self._measure = hazard, rows, measure
        self._strengths = draw_strengths(assets, measure, context.stream_key(STREAM))[rows]
        curves = bundled_curves()
        self._curves = [curves[measure, assets.kinds[row]] for row in rows.tolist()]

    def is_any_due(self, at_asset: npt.NDArray[np.float64]) -> bool:
        """Tell whether an intact asset bears no more than there is at it now."""
        return len(self._find(at_asset)) > 0

    def _find(self, at_asset: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        states = self._hazard.world.asset_states
        assert states is not None
        return find_failures(self._strengths, at_asset, states.is_intact[self.rows] == 1)

    def strike(
        self,
        kind: str,
        causes: Sequence[int],
        at_asset: npt.NDArray[np.float64],
        intensity: float,
        *,
        repair_hours: float = 0.0,
    ) -> int:
        """Break the intact assets that bear no more than there is now, and return the event of its coming.

        Parameters
        ----------
        kind
            Of that event.
        at_asset, intensity
            At each asset and at the centre, in the unit of the measure.
        repair_hours
            Work of a crew on each; 0 for the rule of its kind.
        """
        hazard, world = self._hazard, self._hazard.world
        failed = self._find(at_asset)
        said: dict[str, Any] = {"measure": self._measure, "unit": HAZARDS[self._measure]}
        came = hazard.log(kind, causes, **said, intensity=intensity, n=len(self.rows), n_failed=len(failed))
        by_curve: dict[Curve, list[int]] = {}
        for k in failed.tolist():
            by_curve.setdefault(self._curves[k], []).append(k)
        for curve, those in by_curve.items():
            law = {"median": curve.median, "sigma": curve.sigma, "basis": curve.basis, "source": curve.source}
            highest_there = round(float(at_asset[those].max()), 6)
            event = hazard.log("assets_failed", [came], **said, intensity=highest_there, n=len(those), **law)
            for k in those:
                world.order_asset(int(self.rows[k]), Order.DAMAGE, repair_hours, cause=event)
        return came
