"""Plans of signals that operators set, for good or for a while."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from impetus_sim.registry import register
from impetus_sim.response.road_rule import RoadRule, RoadRuleSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds, Share, limits
from impetus_sim.scenario.roads import AtSignals
from impetus_sim.scenario.spec import refuse
from impetus_sim.world.tables import SIGNAL_PLAN


class SignalControlSpec(RoadRuleSpec, AtSignals):
    """Set another plan for signals; what is left out stays as in `traffic.signals`.

    Parameters
    ----------
    control
        ``fixed`` times, ``actuated`` by waiting traffic, or ``max_pressure``.
    cycle
        Length of a fixed cycle, s; it bounds the greens under other control.
    favour
        A street that gets `green_share` of the green at those of the signals that it passes.
    green_share
        Share of the green that `favour` gets; other streets have the rest by their lanes, and 7 s at least.
    """

    control: Literal["fixed", "actuated", "max_pressure"] | None = None
    cycle: Annotated[Seconds, limits(low=20.0, high=300.0)] | None = None
    favour: Place | None = None
    green_share: Annotated[Share, limits(low=0.05, high=0.95)] | None = None

    @model_validator(mode="after")
    def _check_plan(self) -> SignalControlSpec:
        if self.control is None and self.cycle is None and self.favour is None:
            refuse("the plan stays as it is", allowed="control, cycle, or favour with green_share")
        if (self.favour is None) != (self.green_share is None):
            refuse(
                "no street gets the green" if self.favour is None else "no share of the green",
                key="favour" if self.favour is None else "green_share",
                allowed="favour: a street, and green_share: 70 %",
            )
        if self.favour is not None and self.control == "max_pressure":
            refuse(
                "max_pressure gives green by queues alone", key="favour", allowed="fixed or actuated control"
            )
        return self


@register("interventions", "signal_control")
class SignalControl(RoadRule):
    """Signals go by another plan; of several for one signal the latest ordered holds, then the one before."""

    Spec = SignalControlSpec
    terms = Terms(cost_eur=0, lead_time_s=300, staff=1, legal="The road authority's own command.")
    ORDER, BEGUN, ENDED = SIGNAL_PLAN, "signals_set", "signals_set_back"
