"""Designs: which combinations of factors are run, as points of the unit cube.

One row per point, one column per factor. Latin hypercubes and Sobol' sequences are scipy's (`scipy.stats.qmc`);
samples for indices of sensitivity, and the indices, are SALib's (extra ``study``).
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from itertools import product
from typing import Annotated, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.quantities import FixedCount, limits
from impetus_sim.scenario.spec import Spec, refuse

Points = npt.NDArray[np.float64]
Samples = Annotated[FixedCount, limits(low=2, high=1_000_000)]


class Design(Spec):
    """Base of the kinds of design."""

    gives_indices: ClassVar[bool] = False
    """Whether indices of sensitivity can be computed from its points."""
    crosses_variants: ClassVar[bool] = False
    """Whether every sample of the other factors meets each variant, so that variants can be compared in pairs."""

    def points(self, n_values: Sequence[int], *, seed: int) -> Points:
        """Return the points, float64 (points, factors) in [0, 1].

        Parameters
        ----------
        n_values
            How many values each factor takes, 0 for a range. A factor with n values takes value ``floor(u n)``.
        seed
            Of random designs.
        """
        raise NotImplementedError

    def analyze(self, points: Points, values: Points, names: Sequence[str], *, seed: int) -> Any:
        """Return SALib's indices of one value per point."""
        raise NotImplementedError


class Factorial(Design):
    """Every combination.

    Parameters
    ----------
    levels
        Of each range: that many quantiles from its lower to its upper end.
    """

    kind: ClassVar[str] = "factorial"
    levels: Annotated[FixedCount, limits(low=2, high=100)] = 3

    def points(self, n_values: Sequence[int], *, seed: int) -> Points:
        """Return the product of all levels, the last factor fastest."""
        del seed
        columns = [
            np.linspace(0.0, 1.0, int(self.levels)) if count == 0 else (np.arange(count) + 0.5) / count
            for count in n_values
        ]
        return np.array(list(product(*columns)), np.float64).reshape(-1, len(n_values))


class LatinHypercube(Design):
    """Random points, one in each of `samples` slices of every factor (McKay, Beckman and Conover 1979)."""

    kind: ClassVar[str] = "lhs"
    crosses_variants: ClassVar[bool] = True
    samples: Samples = 64

    def points(self, n_values: Sequence[int], *, seed: int) -> Points:
        """Return a random sample."""
        from scipy.stats import qmc

        return np.asarray(qmc.LatinHypercube(len(n_values), rng=seed).random(int(self.samples)), np.float64)


class PowerOfTwo(Design):
    """Base of designs of Sobol' sequences, whose samples are a power of 2."""

    samples: Samples = 64

    @model_validator(mode="after")
    def _check_samples(self) -> PowerOfTwo:
        if self.samples & (self.samples - 1):
            refuse(f"{self.samples} is not a power of 2", key="samples", allowed="16, 32, 64, 128, ...")
        return self


class SobolSequence(PowerOfTwo):
    """Points that fill the cube evenly: a scrambled Sobol' sequence."""

    kind: ClassVar[str] = "sobol"
    crosses_variants: ClassVar[bool] = True

    def points(self, n_values: Sequence[int], *, seed: int) -> Points:
        """Return the first points of the sequence."""
        from scipy.stats import qmc

        return np.asarray(qmc.Sobol(len(n_values), rng=seed).random(int(self.samples)), np.float64)


class Saltelli(PowerOfTwo):
    """The sample from which Sobol' indices are computed (Saltelli 2010): ``samples`` x (factors + 2) points.

    Parameters
    ----------
    second_order
        Whether indices of pairs are wanted, for twice the points.
    """

    kind: ClassVar[str] = "saltelli"
    gives_indices: ClassVar[bool] = True
    second_order: bool = False

    def points(self, n_values: Sequence[int], *, seed: int) -> Points:
        """Return SALib's sample."""
        problem = _problem([f"x{k}" for k in range(len(n_values))])
        sample = _salib("sample.sobol").sample(
            problem, int(self.samples), calc_second_order=self.second_order, seed=_short(seed)
        )
        return np.asarray(sample, np.float64)

    def analyze(self, points: Points, values: Points, names: Sequence[str], *, seed: int) -> Any:
        """Return first-order and total indices (S1, ST), and S2 of pairs."""
        del points
        return _salib("analyze.sobol").analyze(
            _problem(names),
            values,
            calc_second_order=self.second_order,
            num_resamples=1000,
            seed=_short(seed),
        )


class Morris(Design):
    """Trajectories along which one factor moves at a time (Morris 1991).

    Parameters
    ----------
    trajectories
        How many; each has factors + 1 points.
    levels
        Of the grid on which they run, an even number.
    """

    kind: ClassVar[str] = "morris"
    gives_indices: ClassVar[bool] = True
    trajectories: Annotated[FixedCount, limits(low=2, high=100_000)] = 10
    levels: Annotated[FixedCount, limits(low=2, high=100)] = 4

    @model_validator(mode="after")
    def _check_levels(self) -> Morris:
        if self.levels % 2:
            refuse(f"{self.levels} is odd", key="levels", allowed="an even number of levels")
        return self

    def points(self, n_values: Sequence[int], *, seed: int) -> Points:
        """Return SALib's trajectories."""
        problem = _problem([f"x{k}" for k in range(len(n_values))])
        sample = _salib("sample.morris").sample(
            problem, int(self.trajectories), num_levels=int(self.levels), seed=_short(seed)
        )
        return np.asarray(sample, np.float64)

    def analyze(self, points: Points, values: Points, names: Sequence[str], *, seed: int) -> Any:
        """Return means and spreads of elementary effects (mu, mu_star, sigma)."""
        return _salib("analyze.morris").analyze(
            _problem(names),
            points,
            values,
            num_levels=int(self.levels),
            num_resamples=1000,
            seed=_short(seed),
        )


DesignKind = Annotated[Design, OneOf("designs", (Factorial, LatinHypercube, SobolSequence, Saltelli, Morris))]
"""Field type: ``{kind: saltelli, samples: 256}``."""


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _salib(module: str) -> Any:
    try:
        return importlib.import_module(f"SALib.{module}")
    except ImportError:
        raise InvalidInputError("this design needs SALib", hint="pip install 'impetus_sim[study]'") from None


def _short(seed: int) -> int:
    return seed % 2**32  # as much as SALib takes
