"""The pair distribution: how much more often people are at a distance than if they did not see each other.

Source: Cordes, Schadschneider and Nicolas (2024), PNAS Nexus 3 (4) pgae120; PedPy's
``compute_pair_distribution_function``. Here the frames are shuffled by a keyed draw, so that the result repeats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import pdist

from impetus_sim.analysis.measures.trajectories import Floats, Ints, Trajectories
from impetus_sim.rng import draw_uniforms


@dataclass(frozen=True, kw_only=True)
class PairDistribution:
    """g(r): 1 where a distance is as frequent as by chance; NaN where it never comes by chance.

    Parameters
    ----------
    distance_m
        Upper ends of the bins, shape (k,).
    g
        Shape (k,).
    """

    distance_m: Floats
    g: Floats


def compute_pair_distribution(
    trajectories: Trajectories, *, bin_m: float = 0.1, n_shuffles: int = 1, seed: int = 0
) -> PairDistribution:
    """Return the pair distribution of people who are there in the same frames.

    Parameters
    ----------
    trajectories
        Of one place.
    bin_m
        Width of a bin.
    n_shuffles
        How often the positions are dealt anew to the frames; more make g smoother.
    seed
        Of the shuffles.
    """
    t = trajectories
    points = np.column_stack([t.x, t.y])
    together = _distances(points, t.frame)
    frames = np.tile(t.frame, n_shuffles)
    order = np.argsort(
        draw_uniforms(seed, 0, "analysis.pairs", np.arange(len(frames), dtype=np.uint64))[:, 0]
    )
    apart = _distances(np.tile(points, (n_shuffles, 1)), frames[order])
    edges = np.arange(0.0, together.max(initial=0.0), bin_m)
    observed = np.histogram(together, edges)[0] / max(len(together), 1)
    by_chance = np.histogram(apart, edges)[0] / max(len(apart), 1)
    g = np.divide(observed, by_chance, out=np.full(len(observed), np.nan), where=by_chance > 0)
    return PairDistribution(distance_m=edges[1:], g=g)


def _distances(points: Floats, frame: Ints) -> Floats:
    order = np.argsort(frame, kind="stable")
    cuts = np.flatnonzero(np.diff(frame[order])) + 1
    return np.concatenate([pdist(group) for group in np.split(points[order], cuts)])
