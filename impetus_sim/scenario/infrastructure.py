"""The `infrastructure` section: power, water, telecom and controllers under the city."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.places import listed
from impetus_sim.scenario.quantities import FixedSeconds, Seconds, Share, limits
from impetus_sim.scenario.spec import Entries, Named, Spec, refuse

ServiceName = Literal["power", "telecom", "control", "water", "fuel"]


class NeedChange(Spec):
    """What assets of a kind need, other than the rule says.

    Parameters
    ----------
    assets
        Ids such as ``cell_3``, or kinds such as ``cell``.
    service
        The need: ``power``, ``telecom``, ``control``, ``water`` or ``fuel``.
    buffer
        How long they go on without it, s.
    level_without
        Level that is left to them after that.
    probability
        Chance that the lack is felt at all.
    """

    assets: Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]
    service: ServiceName
    buffer: Seconds | None = None
    level_without: Share | None = None
    probability: Share | None = None

    @model_validator(mode="after")
    def _check_change(self) -> NeedChange:
        if self.buffer is None and self.level_without is None and self.probability is None:
            refuse("nothing changes", allowed="buffer, level_without or probability")
        return self


class Infrastructure(Spec):
    """What the city runs on. It is built from the map; what the map does not show is synthetic and marked so.

    Parameters
    ----------
    needs
        Changes of what assets need, by names of your own.
    hour_load
        Load of the grid as a share of the peak for which it was built.
    record_every
        Time between recorded states, s.
    """

    needs: Entries[NeedChange] = Field(default_factory=Named)
    hour_load: Annotated[Share, limits(above=0.0)] = 0.7
    record_every: Annotated[FixedSeconds, limits(above=0.0)] = 10.0
