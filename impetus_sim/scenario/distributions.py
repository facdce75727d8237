"""Times drawn per person, such as pre-movement times: kinds and their inverse distribution functions.

Kinds: none, constant, uniform, normal (cut at 0), lognormal, weibull, gamma. `sample` is the inverse
distribution function of one uniform per person, so it is keyed, order-free and rank-preserving. All kinds
with a tail may be cut with `max`; the rest of the distribution is then scaled up (truncation, no clumps).

Pre-movement times of the literature are mostly lognormal (Lovreglio, Kuligowski, Gwynne and Boyce 2019,
A pre-evacuation database for use in egress simulations, Fire Safety Journal 105); weibull and gamma are
common second choices.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.quantities import MAX_DURATION_S, Number, Seconds, limits
from impetus_sim.scenario.spec import Spec, refuse

FloatArray = npt.NDArray[np.float64]


class PersonTime(Spec):
    """Base of the kinds: a distribution of a time in seconds over people."""

    def quantiles(self, uniforms: FloatArray) -> FloatArray:
        """Return the inverse distribution function; `uniforms` in (0, 1), any shape; seconds."""
        raise NotImplementedError


class NoTime(PersonTime):
    """Nobody waits: 0 s for everyone."""

    kind: ClassVar[str] = "none"

    def quantiles(self, uniforms: FloatArray) -> FloatArray:
        """Return zeros."""
        return np.zeros_like(uniforms)


class ConstantTime(PersonTime):
    """The same time for everyone; mean = median = `value`, sd 0."""

    kind: ClassVar[str] = "constant"
    value: Seconds

    def quantiles(self, uniforms: FloatArray) -> FloatArray:
        """Return `value` for all."""
        return np.full_like(uniforms, self.value)


class UniformTime(PersonTime):
    """Uniform from `low` to `high`; mean = median = (low + high) / 2, sd = (high - low) / sqrt(12)."""

    kind: ClassVar[str] = "uniform"
    low: Seconds
    high: Seconds

    @model_validator(mode="after")
    def _check(self) -> UniformTime:
        if highest(self.low) > lowest(self.high):
            refuse(f"high is below low ({highest(self.low):g} s)", key="high")
        return self

    def quantiles(self, uniforms: FloatArray) -> FloatArray:
        """Return low + u (high - low)."""
        return self.low + uniforms * (self.high - self.low)


class _Tailed(PersonTime):
    """A kind with a tail that `max` may cut."""

    max: Annotated[Seconds, limits(above=0.0)] | None = None

    def _cumulative(self, time_s: float) -> float:
        raise NotImplementedError

    def _inverse(self, uniforms: FloatArray) -> FloatArray:
        raise NotImplementedError

    def quantiles(self, uniforms: FloatArray) -> FloatArray:
        """Return the inverse distribution function between 0 and `max`."""
        low = self._cumulative(0.0)
        high = 1.0 if self.max is None else self._cumulative(self.max)
        if not high > low:  # no mass between 0 and max: everybody at the nearer end
            return np.full_like(uniforms, self.max or 0.0)
        times = self._inverse(low + uniforms * (high - low))
        return np.clip(times, 0.0, MAX_DURATION_S if self.max is None else self.max)


class NormalTime(_Tailed):
    """Normal with `mean` and `sd` before the cut at 0, which raises the mean a little when sd > mean / 2."""

    kind: ClassVar[str] = "normal"
    mean: Seconds
    sd: Annotated[Seconds, limits(above=0.0)]

    def _cumulative(self, time_s: float) -> float:
        from scipy.special import ndtr

        return float(ndtr((time_s - self.mean) / self.sd))

    def _inverse(self, uniforms: FloatArray) -> FloatArray:
        from scipy.special import ndtri

        return self.mean + self.sd * np.asarray(ndtri(uniforms))


class LognormalTime(_Tailed):
    """Lognormal: `median`, and `sigma` = sd of ln(time); mean = median exp(sigma^2 / 2)."""

    kind: ClassVar[str] = "lognormal"
    median: Annotated[Seconds, limits(above=0.0)]
    sigma: Annotated[Number, limits(low=0.0, above=0.0, high=5.0)]

    def _cumulative(self, time_s: float) -> float:
        from scipy.special import ndtr

        return 0.0 if time_s <= 0 else float(ndtr(math.log(time_s / self.median) / self.sigma))

    def _inverse(self, uniforms: FloatArray) -> FloatArray:
        from scipy.special import ndtri

        return self.median * np.exp(self.sigma * np.asarray(ndtri(uniforms)))


class WeibullTime(_Tailed):
    """Weibull: P(T > t) = exp(-(t / scale)^shape).

    Mean = scale Gamma(1 + 1/shape), median = scale ln(2)^(1/shape).
    """

    kind: ClassVar[str] = "weibull"
    scale: Annotated[Seconds, limits(above=0.0)]
    shape: Annotated[Number, limits(low=0.1, high=100.0)]

    def _cumulative(self, time_s: float) -> float:
        return -math.expm1(-((time_s / self.scale) ** self.shape))

    def _inverse(self, uniforms: FloatArray) -> FloatArray:
        return self.scale * (-np.log1p(-np.minimum(uniforms, 1.0 - 1e-16))) ** (1.0 / self.shape)


class GammaTime(_Tailed):
    """Gamma: mean = shape x scale, sd = sqrt(shape) x scale; no closed median."""

    kind: ClassVar[str] = "gamma"
    scale: Annotated[Seconds, limits(above=0.0)]
    shape: Annotated[Number, limits(low=0.1, high=1000.0)]

    def _cumulative(self, time_s: float) -> float:
        from scipy.special import gammainc

        return float(gammainc(self.shape, time_s / self.scale))

    def _inverse(self, uniforms: FloatArray) -> FloatArray:
        from scipy.special import gammaincinv

        return self.scale * np.asarray(gammaincinv(self.shape, np.minimum(uniforms, 1.0 - 1e-16)))


KINDS = (NoTime, ConstantTime, UniformTime, NormalTime, LognormalTime, WeibullTime, GammaTime)

TimeDistribution = Annotated[PersonTime, OneOf("time_distributions", KINDS)]
"""Field type: ``{kind: lognormal, median: 20 s, sigma: 0.6}`` or just ``none``."""


def sample(spec: PersonTime, uniforms: Any) -> FloatArray:
    """Draw one time for each uniform.

    Parameters
    ----------
    spec
        The distribution, with numbers (a drawn scenario).
    uniforms
        Array in (0, 1), any shape; one per person from `impetus_sim.rng.draw_uniforms`.

    Returns
    -------
    float64 array of the same shape, seconds, 0 or more, finite.
    """
    return spec.quantiles(np.asarray(uniforms, np.float64))
