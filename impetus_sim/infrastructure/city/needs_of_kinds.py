"""What each kind of asset needs, how long it goes on without, and what it gives then: one table with sources.

Sources: (1) FCC 07-177 (2007), backup power order after Katrina: 8 h at cell sites, 24 h at central offices;
European macro sites mostly 2-4 h [R]. (2) DIN VDE 0100-710 (2012): 24 h of safety supply for hospitals [R]; NFPA
110: 96 h in other places [R]. (3) Traffic cabinets: flash or dark at once without supply; uninterruptible
supplies of some hours exist but are the exception (FHWA Traffic Signal Timing Manual, 2nd edition, 2015) [R]. (4)
Remote terminals of stations run from the station battery, 8 h or more (IEEE 485 practice; BDEW outage advice)
[R]. (5) DVGW W 300-1: see the tank's own volume, which replaces this figure. (6) Electronic sirens: battery for
days of standby and some alarms (Sonnenwarnung BBK, manufacturers' data sheets: 24 h and more) [R]. (7) DIN VDE
0833-4, EN 50171: emergency lighting of stations 1-3 h; trains and lifts stop at once [R]. (8) German BSI and BBK
guidance on control rooms and crisis staffs: 72 h of emergency supply [R]. (9) BBK, Stromausfall (2010-2019): few
petrol stations have emergency supply; water from tanks and mains for hours [R]. (R: recalled; check the paper
before a figure is cited.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from impetus_sim.world.assets import Service

HOUR_S: Final = 3600.0


@dataclass(frozen=True, kw_only=True)
class NeedRule:
    """One need of a kind.

    Parameters
    ----------
    threshold
        Level of the provider from which it is met.
    buffer_h, refill_h
        Battery or tank, and the time it takes to fill, hours.
    standby_h
        Fuel of a generator of its own that runs while the supply fails, hours; 0 for none.
    level_without
        What is left once all of that is used up.
    source
        Where the figures come from, or why.
    """

    threshold: float = 0.5
    buffer_h: float = 0.0
    refill_h: float = 0.0
    standby_h: float = 0.0
    level_without: float = 0.0
    source: str


_LOCAL: Final = 0.5
"""Level of a controller that runs its own plan, without its centre."""
_COMMANDED: Final = 0.75
"""A controller below this level passes no commands on; at `_LOCAL` it still runs what it controls."""
_RUN: Final = 0.25
"""Below this level a controller runs nothing: less than `_LOCAL`, more than none."""
_ANY: Final = 0.05
"""A provider that gives anything at all."""

_KEEPS_ITS_STATE: Final = NeedRule(
    threshold=_COMMANDED, level_without=1.0, source="goes on as it is, without commands"
)
_SWITCH_SUPPLY: Final = NeedRule(buffer_h=8.0, refill_h=8.0, standby_h=24.0, source="(1)")
_CONTROL_ROOM_SUPPLY: Final = NeedRule(buffer_h=1.0, refill_h=8.0, standby_h=72.0, source="(8)")
_GUARD_SUPPLY: Final = NeedRule(
    buffer_h=0.25, refill_h=8.0, standby_h=24.0, level_without=0.5, source="(8), 24 h for stations"
)
_GUARD_LINE: Final = NeedRule(threshold=_ANY, level_without=0.7, source="has radio of its own")
_LOCAL_PLAN: Final = NeedRule(threshold=_ANY, level_without=_LOCAL, source="runs its own plan")

NEEDS_OF_KINDS: Final[dict[tuple[str, Service], tuple[NeedRule, ...]]] = {
    ("feeder", Service.CONTROL): (_KEEPS_ITS_STATE,),
    ("block", Service.POWER): (NeedRule(source="customers have no supply of their own"),),
    ("street_lights", Service.POWER): (NeedRule(source="no supply of their own"),),
    ("pumping_station", Service.POWER): (NeedRule(source="(9): mobile generators are brought, if any"),),
    ("pumping_station", Service.WATER): (NeedRule(threshold=_ANY, source="lifts what the source gives"),),
    ("pumping_station", Service.CONTROL): (
        _KEEPS_ITS_STATE,
        NeedRule(threshold=_RUN, source="stops without its controller"),
    ),
    ("water_tank", Service.WATER): (NeedRule(threshold=_ANY, buffer_h=12.0, refill_h=12.0, source="(5)"),),
    ("water_zone", Service.WATER): (NeedRule(threshold=_ANY, source="fed from its tank"),),
    ("telecom_core", Service.POWER): (
        NeedRule(buffer_h=8.0, refill_h=8.0, standby_h=72.0, source="(1), fuel as (8)"),
    ),
    ("exchange", Service.POWER): (_SWITCH_SUPPLY,),
    ("exchange", Service.TELECOM): (NeedRule(threshold=_ANY, source="calls are switched in the core"),),
    ("cell", Service.POWER): (NeedRule(buffer_h=4.0, refill_h=8.0, source="(1)"),),
    ("cell", Service.TELECOM): (NeedRule(threshold=_ANY, source="no backhaul, no service"),),
    ("cell", Service.CONTROL): (_KEEPS_ITS_STATE,),
    ("control_centre", Service.POWER): (_CONTROL_ROOM_SUPPLY,),
    ("control_centre", Service.TELECOM): (NeedRule(threshold=_ANY, source="sees and commands nothing"),),
    ("controller_of_signal", Service.POWER): (NeedRule(source="(3)"),),
    ("controller", Service.POWER): (NeedRule(buffer_h=8.0, refill_h=8.0, source="(4)"),),
    ("controller", Service.TELECOM): (_LOCAL_PLAN,),
    ("controller", Service.CONTROL): (_LOCAL_PLAN,),
    ("signal", Service.POWER): (NeedRule(source="(3)"),),
    ("signal", Service.CONTROL): (_KEEPS_ITS_STATE, NeedRule(threshold=_RUN, source="(3): dark without it")),
    ("camera", Service.POWER): (NeedRule(source="fed from the street"),),
    ("camera", Service.TELECOM): (NeedRule(threshold=_ANY, source="nobody sees its picture"),),
    ("camera", Service.CONTROL): (NeedRule(threshold=_RUN, source="no recorder, no picture"),),
    ("sign", Service.POWER): (NeedRule(source="fed from the street"),),
    ("sign", Service.TELECOM): (
        NeedRule(threshold=_ANY, level_without=1.0, source="goes on showing its last text"),
    ),
    ("sign", Service.CONTROL): (_KEEPS_ITS_STATE,),
    ("siren", Service.POWER): (NeedRule(buffer_h=24.0, refill_h=24.0, source="(6)"),),
    ("siren", Service.CONTROL): (NeedRule(threshold=_COMMANDED, source="nobody sets it off"),),
    ("hospital", Service.POWER): (
        NeedRule(buffer_h=0.25, refill_h=8.0, standby_h=24.0, level_without=0.1, source="(2)"),
    ),
    ("hospital", Service.WATER): (
        NeedRule(threshold=_ANY, buffer_h=12.0, refill_h=12.0, level_without=0.5, source="(9)"),
    ),
    ("hospital", Service.TELECOM): (
        NeedRule(threshold=_ANY, level_without=0.9, source="goes on with messengers"),
    ),
    ("station", Service.POWER): (NeedRule(source="(7)"),),
    ("petrol_station", Service.POWER): (NeedRule(source="(9)"),),
    ("police", Service.POWER): (_GUARD_SUPPLY,),
    ("police", Service.TELECOM): (_GUARD_LINE,),
    ("fire_station", Service.POWER): (_GUARD_SUPPLY,),
    ("fire_station", Service.TELECOM): (_GUARD_LINE,),
    ("depot", Service.POWER): (_GUARD_SUPPLY,),
    ("generator", Service.FUEL): (
        NeedRule(
            threshold=0.4, buffer_h=24.0, refill_h=0.5, source="its tank, filled by road in half an hour"
        ),
    ),
}
"""Kind and service to its rules, of which all act. ``controller_of_signal`` differs from other controllers in its
supply. Buffers of tanks and generators are replaced by those of their size."""


def rules_of(kind: str, service: Service) -> tuple[NeedRule, ...]:
    """Return the rules of a kind; its own ones where a controller has them, else those of all controllers."""
    found = NEEDS_OF_KINDS.get((kind, service))
    return found if found is not None else NEEDS_OF_KINDS[kind.partition("_of_")[0], service]
