"""Social media about an area, in aggregate: posts since the last reading, and their mean sentiment. Never a person.

Everyday posts: a negative binomial number with mean rate x time and variance mean + mean^2 / dispersion, the rate
following the hour of the day. Reaction: of the people in the area who become aware of something, the share `react`
posts once, after an exponential delay of mean `delay`; their number in a reading is Poisson about its expectation
(only those whom a phone cell reaches, where the run has cells). Sentiment: mean of the posts' scores from -1 to 1,
everyday ones about `usual_sentiment`, reactions about `alarmed_sentiment`, each with a standard deviation of
`sentiment_sd`. All figures are chosen values, for want of open ones by area.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

import numpy as np
import shapely
from pydantic import model_validator

from impetus_sim.registry import register
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import FixedSeconds, Number, Seconds, Share, limits
from impetus_sim.scenario.spec import refuse
from impetus_sim.sensing.base import NO_CAUSE, Reading, Said, Sensor, SensorContext, SensorSpec
from impetus_sim.sensing.draws import Decision, gammas, normals, poissons

SECONDS_PER_HOUR: Final = 3600.0
BY_HOUR: Final = (
    0.5, 0.3, 0.2, 0.15, 0.15, 0.2, 0.4, 0.7, 0.9, 1.0, 1.05, 1.1,
    1.2, 1.2, 1.1, 1.1, 1.15, 1.2, 1.3, 1.5, 1.7, 1.8, 1.6, 1.0,
)  # fmt: skip
"""Rate at each hour of the day as a multiple of its mean: a chosen profile with a trough at night and a peak in the
evening; its mean is 0.937, which `rate_at` divides out."""


class PostsSpec(SensorSpec):
    """A feed about an area.

    Parameters
    ----------
    at
        The area.
    per_hour
        Everyday posts an hour, over the day's mean.
    dispersion
        Of everyday posts: variance is mean + mean^2 / dispersion.
    react, delay
        Share of people made aware who post about it, and the mean time until they do, s.
    usual_sentiment, alarmed_sentiment, sentiment_sd
        Mean score of everyday posts and of reactions, and the standard deviation of one post.
    every, lag
        Time between two readings, and until one can be read, s.
    """

    at: Place
    per_hour: Annotated[Number, limits(low=0.0, high=1e6)] = 60.0
    dispersion: Annotated[Number, limits(above=0.0, high=1e9)] = 5.0
    react: Share = 0.02
    delay: Annotated[Seconds, limits(above=0.0)] = 180.0
    usual_sentiment: Annotated[Number, limits(low=-1.0, high=1.0)] = 0.1
    alarmed_sentiment: Annotated[Number, limits(low=-1.0, high=1.0)] = -0.7
    sentiment_sd: Annotated[Number, limits(low=0.0, high=1.0)] = 0.4
    every: Annotated[FixedSeconds, limits(above=0.0)] = 60.0
    lag: FixedSeconds = 10.0

    @model_validator(mode="after")
    def _check_needs(self) -> PostsSpec:
        if self.needs:
            refuse("a feed is no asset of the city", key="needs", allowed="none")
        return self


@register("sensors", "posts")
class Posts(Sensor):
    """Counts posts about an area and scores them."""

    Spec = PostsSpec
    says: ClassVar[tuple[Said, ...]] = (Said("posts", "{posts}"), Said("sentiment", "1"))

    def __init__(self, name: str, spec: PostsSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        self._area = context.locate(spec.at)
        shapely.prepare(self._area)

    def read(self, serial: int) -> Reading:
        """Return the posts since the last reading and their mean sentiment, nan without any."""
        spec, seconds = self.spec, float(self.spec.every)
        mean = rate_at(spec.per_hour, self.scene.second_of_day + self.world.time_s) * seconds
        spread = gammas(self.keys, serial, spec.dispersion) / spec.dispersion
        usual = poissons(self.keys, serial, Decision.BACKGROUND, mean * spread)
        expected, cause = self._expected_reaction(seconds)
        alarmed = poissons(self.keys, serial, Decision.REACTION, expected)
        n = int(usual[0] + alarmed[0])
        score = np.nan
        if n:
            centre = (usual[0] * spec.usual_sentiment + alarmed[0] * spec.alarmed_sentiment) / n
            noise = spec.sentiment_sd * normals(self.keys, serial, Decision.NOISE)[0]
            score = float(np.clip(centre + noise / np.sqrt(n), -1.0, 1.0))
        causes = np.full((1, 2), cause if alarmed[0] else NO_CAUSE, np.int64)
        return Reading(np.array([[n, score]], np.float64), causes)

    def _expected_reaction(self, seconds: float) -> tuple[float, int]:
        # posts expected since the last reading, and the event by which the last of those people became aware
        aware, world, spec = self.scene.aware(), self.world, self.spec
        inside = shapely.contains_xy(self._area, aware.x, aware.y)
        if not inside.any():
            return 0.0, NO_CAUSE
        now = (world.tick - aware.tick[inside]) * world.seconds(1)
        before = np.maximum(now - seconds, 0.0)
        share = np.exp(-before / spec.delay) - np.exp(-now / spec.delay)
        if self.scene.phones_reach is not None:
            share = share * self.scene.phones_reach(aware.x[inside], aware.y[inside])
        latest = int(np.argmax(aware.tick[inside]))
        return float(spec.react * share.sum()), int(aware.cause[inside][latest])


def rate_at(per_hour: float, second_of_day: float) -> float:
    """Return the rate of everyday posts at a time of the day, 1/s; its mean over a day is `per_hour` / 3600."""
    hour = int(second_of_day % 86400.0 // SECONDS_PER_HOUR)
    return per_hour / SECONDS_PER_HOUR * BY_HOUR[hour] * len(BY_HOUR) / sum(BY_HOUR)
