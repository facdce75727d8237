"""What reaches people and through which channel: credibility, trust, how belief builds up, how alarm spreads.

The model is a much simplified form of the Protective Action Decision Model (Lindell and Perry 2012, Risk
Analysis 32, 616-632): people act once what they have heard, weighted by how credible its channel is and how
far they trust it, passes their own threshold; a message that another channel confirms counts more than one
that is repeated (Mileti and Sorensen 1990; Kuligowski 2011 on the World Trade Center). The order of the
credibilities follows that literature; the numbers are assumptions to be varied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.distributions import PersonTime
from impetus_sim.scenario.draw import highest
from impetus_sim.scenario.quantities import FixedNumber, Metres, MetresPerSecond, PerSecond, Share, limits
from impetus_sim.scenario.spec import Entries, Named, Spec, refuse

CREDIBILITY = {
    "threat_seen": 1.0,
    "threat_heard": 0.9,
    "staff": 0.8,
    "group": 0.9,
    "loudspeaker": 0.7,
    "phone": 0.6,
    "others": 0.5,
    "rumour": 0.5,
    "siren": 0.3,
}
"""Channels, and the share of people (of full trust) whom one message over each convinces; assumptions."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What the stimuli of a hazard or an intervention are to those who notice them.

    Parameters
    ----------
    source
        Channel, one of `CREDIBILITY`.
    is_threat
        Whether it tells that something threatens at its place.
    exit
        Name of the exit to which it sends people.
    worth
        s of longer way or wait for which people still follow that.
    delay
        Time from sending to noticing, per person; none for at once.
    needs_sight
        Whether only those on the ground with its place in sight can notice it.
    """

    source: str
    is_threat: bool = False
    exit: str | None = None
    worth: float = 0.0
    delay: PersonTime | None = None
    needs_sight: bool = False


class PersonalShare(Spec):
    """A share that differs between persons: beta distributed with `mean` and `sd`.

    Parameters
    ----------
    mean, sd
        sd 0: the same for all; below sqrt(mean (1 - mean)).
    """

    mean: Share
    sd: Share = 0.0

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, raw: Any) -> Any:
        return {"mean": raw} if isinstance(raw, (int, float, str)) and not isinstance(raw, bool) else raw

    @model_validator(mode="after")
    def _check(self) -> PersonalShare:
        if isinstance(self.mean, float | int) and self.mean in (0.0, 1.0) and highest(self.sd) > 0.0:
            refuse("a share of 0 or 1 for all leaves no room for a spread", key="sd", allowed="0")
        if (
            isinstance(self.mean, float | int)
            and self.sd
            and highest(self.sd) ** 2 >= self.mean * (1 - self.mean)
        ):
            most = (self.mean * (1 - self.mean)) ** 0.5
            refuse(
                f"a share with mean {self.mean:g} cannot spread so far", key="sd", allowed=f"below {most:.2f}"
            )
        return self

    def sample(self, uniforms: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return one share for each uniform in (0, 1)."""
        if self.sd == 0.0:
            return np.full_like(uniforms, self.mean)
        from scipy.special import betaincinv

        size = self.mean * (1.0 - self.mean) / self.sd**2 - 1.0
        return np.asarray(betaincinv(self.mean * size, (1.0 - self.mean) * size, uniforms), np.float64)


def _check_channels(entries: Any) -> Any:
    for name in entries if isinstance(entries, dict) else ():
        if name not in CREDIBILITY:
            import difflib

            near = difflib.get_close_matches(str(name), CREDIBILITY, n=1)
            refuse(
                f"'{name}' is not a channel", key=str(name), allowed=", ".join(CREDIBILITY),
                nearest=near[0] if near else "",
            )  # fmt: skip
    return entries


def _all_channels(raw: Any) -> Any:
    is_share = isinstance(raw, (int, float, str)) and not isinstance(raw, bool)
    is_share |= isinstance(raw, dict) and "mean" in raw
    return dict.fromkeys(CREDIBILITY, raw) if is_share else _check_channels(raw)


Trust = Annotated[Entries[PersonalShare], BeforeValidator(_all_channels)]
"""Trust by channel, or one for all; channels not named are trusted fully."""


class Information(Spec):
    """Belief that builds up: without this section everybody who notices a message acts on it.

    With it the shares of hazards and interventions are of those who notice; whether they act follows from
    credibility, trust and what they noticed before.

    Parameters
    ----------
    credibility
        By channel; those not named keep the default.
    repeat_weight
        Weight of a message over a channel that the person has had one from, relative to a new channel.
    """

    credibility: Annotated[Entries[Share], BeforeValidator(_check_channels)] = Field(default_factory=Named)
    repeat_weight: Share = 0.5


class Contagion(Spec):
    """Alarm that spreads by sight: people who see others run may start to leave.

    A person who sees n running people becomes alarmed at the rate `rate` x min(n, `most`). Caution: that people
    take cues from others is well shown (Latané and Darley 1970; Nilsson and Johansson 2009 on cinema
    evacuations); the rate and the distances are assumptions.

    Parameters
    ----------
    rate
        Per second and running person in sight.
    most
        More running people than this raise the rate no further.
    radius
        How far people notice others, m.
    running_speed
        Who is alarmed, leaving and faster than this counts as running.
    delay_factor
        Multiplies the pre-movement time of those who become alarmed.
    """

    rate: Annotated[PerSecond, limits(high=10.0)] = 0.02
    most: Annotated[FixedNumber, limits(above=0.0, high=1000.0)] = 10.0
    radius: Annotated[Metres, limits(above=0.0, high=100.0)] = 15.0
    running_speed: Annotated[MetresPerSecond, limits(high=5.0)] = 1.0
    delay_factor: Share = 0.5
