"""A toxic gas released into the wind: puffs over the whole city, doses, and people who are hurt by them.

Model, sources and limits: docs/models/plume.md. The gas is as heavy as air: a dense gas such as chlorine near its
source spreads wider and lower than this says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from impetus_sim.hazards.base import HazardSpec
from impetus_sim.hazards.lasting import Lasting
from impetus_sim.hazards.probit import Probit
from impetus_sim.hazards.substances import SUBSTANCES, Substance
from impetus_sim.registry import register
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.places import Place, listed
from impetus_sim.scenario.quantities import Metres, MetresPerSecond, Number, Seconds, Share, limits
from impetus_sim.scenario.spec import Spec, refuse
from impetus_sim.world.context import PartContext
from impetus_sim.world.injuries import Severity
from impetus_sim.world.plumes import Release

S_PER_HOUR = 3600.0
NOTICED_EVERY_S = 5.0


class OtherSubstance(Spec):
    """A substance that has no name here.

    Parameters
    ----------
    molar_mass
        kg/kmol.
    exponent
        n of the toxic load C^n t, with C in ppm and t in minutes.
    probit_a, probit_b
        Chance of death: Phi(a + b ln(C^n t) - 5).
    """

    molar_mass: Annotated[Number, limits(above=0.0, high=1e6)]
    exponent: Annotated[Number, limits(low=0.5, high=4.0)] = 1.0
    probit_a: Number
    probit_b: Annotated[Number, limits(above=0.0, high=100.0)]


class PlumeSpec(HazardSpec):
    """A release (the scenario needs the section `weather`).

    Parameters
    ----------
    substance
        ``chlorine``, ``ammonia``, or a section with coefficients.
    mass
        Released in all, kg.
    lasts
        Over this time, s; 0 for all at once.
    puff_every
        A release over time is a row of puffs this far apart, s.
    height
        Of the source above the ground, m.
    size
        Standard deviation of a puff where it is released, m.
    half_life
        Of decay or reaction in the air, s; none when left out.
    deposition
        Velocity at which it settles on the ground, m/s.
    air_changes
        Of buildings with closed windows, per hour.
    indoors
        Areas of the ground that are inside a building, beside storeys and people at home.
    minor_from, delayed_from, immediate_from
        Share of the toxic load that kills a person at which the same person can still walk, cannot, and needs
        treatment soon: chosen values, since probits are of deaths.
    noticed_within, noticed_share
        Distance in metres from the source, and the share of people there who decide to leave, every five seconds
        while it lasts; nobody unless said.
    """

    substance: Literal["chlorine", "ammonia"] | OtherSubstance
    mass: Annotated[Number, limits(above=0.0, high=1e7)]
    lasts: Annotated[Seconds, limits(high=86_400.0)] = 0.0
    puff_every: Annotated[Seconds, limits(low=1.0, high=60.0)] = 2.0
    height: Annotated[Metres, limits(high=300.0)] = 1.0
    size: Annotated[Metres, limits(above=0.0, high=50.0)] = 1.0
    half_life: Annotated[Seconds, limits(above=0.0)] | None = None
    deposition: Annotated[MetresPerSecond, limits(high=1.0)] = 0.0
    air_changes: Annotated[Number, limits(low=0.0, high=100.0)] = 1.0
    indoors: Annotated[tuple[Place, ...], BeforeValidator(listed)] = ()
    minor_from: Annotated[Share, limits(above=0.0)] = 0.01
    delayed_from: Annotated[Share, limits(above=0.0)] = 0.1
    immediate_from: Annotated[Share, limits(above=0.0)] = 0.3
    noticed_within: Annotated[Metres, limits(high=2000.0)] = 0.0
    noticed_share: Share = 0.3

    @model_validator(mode="after")
    def _check_order(self) -> PlumeSpec:
        for less, more in (("minor_from", "delayed_from"), ("delayed_from", "immediate_from")):
            if highest(getattr(self, less)) > lowest(getattr(self, more)):
                refuse(f"{more} is less than {less}", key=more, allowed="minor, delayed, immediate rising")
        return self

    @property
    def seen_within(self) -> float:
        """Distance at which it is noticed."""
        return self.noticed_within

    @property
    def seen_share(self) -> float:
        """Share who decide to leave."""
        return self.noticed_share


@register("hazards", "plume")
class Plume(Lasting):
    """Releases puffs for as long as it lasts; they drift on after that."""

    Spec = PlumeSpec
    reported_as = "gas"

    def __init__(self, name: str, spec: PlumeSpec, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._plumes = context.world.need_plumes()
        decay = 0.0 if spec.half_life is None else math.log(2.0) / spec.half_life
        self._plumes.add_release(
            name,
            Release(
                decay_per_s=decay,
                deposition_m_s=spec.deposition,
                air_changes_per_s=spec.air_changes / S_PER_HOUR,
            ),
        )
        context.world.need_injuries()
        self.indoors = [self.area_of(context.locate(place)) for place in spec.indoors]

    @property
    def substance(self) -> Substance:
        """What is released."""
        given = self.spec.substance
        if isinstance(given, OtherSubstance):
            return Substance(
                molar_kg_kmol=given.molar_mass,
                exponent=given.exponent,
                lethal=Probit(given.probit_a, given.probit_b),
            )
        return SUBSTANCES[given]

    def laws(self) -> list[tuple[Severity, Probit]]:
        """Return the probits of each severity over the toxic load."""
        s, lethal = self.spec, self.substance.lethal
        return [
            (Severity.MINOR, lethal.at_share_of_dose(s.minor_from)),
            (Severity.DELAYED, lethal.at_share_of_dose(s.delayed_from)),
            (Severity.IMMEDIATE, lethal.at_share_of_dose(s.immediate_from)),
            (Severity.DEAD, lethal),
        ]

    def times_s(self) -> Sequence[float]:
        """Return the moments of the puffs, and the end of a release that lasts."""
        s = self.spec
        n = self._n_puffs
        return [*(s.start + k * s.lasts / n for k in range(n)), *([s.start + s.lasts] if s.lasts else [])]

    @property
    def _n_puffs(self) -> int:
        return max(1, round(self.spec.lasts / self.spec.puff_every))

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Release a puff; be noticed now and then; or end."""
        s = self.spec
        if n == self._n_puffs:
            return self.log("release_over", causes)
        event = causes[-1] if n else self.log("release", causes, mass_kg=s.mass, lasts_s=s.lasts)
        world = self.world
        self._plumes.emit(
            self.name,
            s.mass / self._n_puffs,
            self.place.x,
            self.place.y,
            s.height,
            sigma_m=s.size,
            time_s=world.time_s,
        )
        every = max(1, round(NOTICED_EVERY_S / s.puff_every))
        if s.noticed_within > 0.0 and n % every == 0:
            self.be_seen(n, event)
        return event
