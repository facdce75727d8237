"""What each asset of a run bears of each hazard, drawn once, and who fails as a hazard grows.

The draw depends on the key of the run, the id of the asset and the hazard only: the same asset fails first as the
hazard rises, and in every option that is compared on one seed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.fragility.curves import HAZARDS, Curves, bundled_curves
from impetus_sim.kernels.philox import draw_normals
from impetus_sim.rng import stable_hash
from impetus_sim.world.assets import Assets

_STEP_OF: Final = {hazard: step for step, hazard in enumerate(HAZARDS)}


def draw_strengths(
    assets: Assets, hazard: str, draw_key: npt.NDArray[np.uint32], *, curves: Curves | None = None
) -> npt.NDArray[np.float64]:
    """Draw what each asset bears of a hazard, float64 (assets,), in the unit of the hazard.

    Parameters
    ----------
    hazard
        Of `curves.HAZARDS`.
    draw_key
        Key of the stream, uint32 (2,).
    curves
        Those of the package when left out.

    Raises
    ------
    InvalidInputError
        When there is no such hazard.
    """
    if hazard not in HAZARDS:
        raise InvalidInputError(f"there is no hazard '{hazard}'", hint=f"one of {', '.join(HAZARDS)}")
    curves = bundled_curves() if curves is None else curves
    strengths = np.empty(len(assets))
    for row, (asset_id, kind) in enumerate(zip(assets.ids, assets.kinds, strict=True)):
        curve = curves[hazard, kind]
        normal = draw_normals(draw_key, np.uint64(stable_hash(asset_id)), _STEP_OF[hazard], 0)[0]
        strengths[row] = curve.median * math.exp(curve.sigma * normal)
    return strengths


def find_failures(
    strengths: npt.NDArray[np.float64], at_asset: npt.NDArray[np.float64], is_intact: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return the rows of intact assets that break, ascending.

    Parameters
    ----------
    strengths
        From `draw_strengths`, float64 (assets,).
    at_asset
        Strength of the hazard at each asset so far or now, float64 (assets,).
    is_intact
        bool (assets,).
    """
    return np.flatnonzero((at_asset >= strengths) & is_intact).astype(np.int64)
