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
    """One need of a kind: threshold of the provider's level, buffer and refill in hours, level that is left."""

    threshold: float = 0.5
    buffer_h: float = 0.0
    refill_h: float = 0.0
    level_without: float = 0.0
    source: str = ""


_LOCAL = 0.5
"""Level of a controller that commands by its own plan, without its centre; still enough for what it commands."""

NEEDS_OF_KINDS: Final[dict[tuple[str, Service], NeedRule]] = {
    ("feeder", Service.CONTROL): NeedRule(
        threshold=0.25, level_without=1.0, source="a breaker stays as it is"
    ),
    ("block", Service.POWER): NeedRule(source="customers have no supply of their own"),
    ("street_lights", Service.POWER): NeedRule(source="no supply of their own"),
    ("pumping_station", Service.POWER): NeedRule(source="(9) mobile generators are brought where they are"),
    ("pumping_station", Service.WATER): NeedRule(threshold=0.05, source="lifts what the source gives"),
    ("pumping_station", Service.CONTROL): NeedRule(
        threshold=0.25, level_without=0.0, source="stops without its controller"
    ),
    ("water_tank", Service.WATER): NeedRule(threshold=0.05, buffer_h=12.0, refill_h=12.0, source="(5)"),
    ("water_zone", Service.WATER): NeedRule(threshold=0.05, source="fed from its tank"),
    ("telecom_core", Service.POWER): NeedRule(buffer_h=72.0, refill_h=8.0, source="(8)"),
    ("exchange", Service.POWER): NeedRule(buffer_h=24.0, refill_h=8.0, source="(1)"),
    ("exchange", Service.TELECOM): NeedRule(threshold=0.05, source="calls are switched in the core"),
    ("cell", Service.POWER): NeedRule(buffer_h=4.0, refill_h=8.0, source="(1)"),
    ("cell", Service.TELECOM): NeedRule(threshold=0.05, source="no backhaul, no service"),
    ("cell", Service.CONTROL): NeedRule(
        threshold=0.25, level_without=1.0, source="goes on with its last settings"
    ),
    ("control_centre", Service.POWER): NeedRule(buffer_h=72.0, refill_h=8.0, source="(8)"),
    ("control_centre", Service.TELECOM): NeedRule(threshold=0.05, source="sees and commands nothing"),
    ("controller_of_signal", Service.POWER): NeedRule(source="(3)"),
    ("controller", Service.POWER): NeedRule(buffer_h=8.0, refill_h=8.0, source="(4)"),
    ("controller", Service.TELECOM): NeedRule(threshold=0.05, level_without=_LOCAL, source="local plan"),
    ("controller", Service.CONTROL): NeedRule(threshold=0.05, level_without=_LOCAL, source="local plan"),
    ("signal", Service.POWER): NeedRule(source="(3)"),
    ("signal", Service.CONTROL): NeedRule(threshold=0.25, source="dark or flashing without its controller"),
    ("camera", Service.POWER): NeedRule(source="fed from the cabinet"),
    ("camera", Service.TELECOM): NeedRule(threshold=0.05, source="nobody sees its picture"),
    ("camera", Service.CONTROL): NeedRule(
        threshold=0.25, level_without=0.0, source="no recorder, no picture"
    ),
    ("siren", Service.POWER): NeedRule(buffer_h=24.0, refill_h=24.0, source="(6)"),
    ("siren", Service.CONTROL): NeedRule(threshold=0.25, source="nobody sets it off"),
    ("hospital", Service.POWER): NeedRule(buffer_h=24.0, refill_h=8.0, level_without=0.1, source="(2)"),
    ("hospital", Service.WATER): NeedRule(buffer_h=12.0, refill_h=12.0, level_without=0.5, source="(9)"),
    ("hospital", Service.TELECOM): NeedRule(
        threshold=0.05, level_without=0.9, source="goes on with messengers"
    ),
    ("station", Service.POWER): NeedRule(source="(7)"),
    ("petrol_station", Service.POWER): NeedRule(source="(9)"),
    ("police", Service.POWER): NeedRule(buffer_h=24.0, refill_h=8.0, level_without=0.5, source="(8)"),
    ("police", Service.TELECOM): NeedRule(threshold=0.05, level_without=0.7, source="has radio of its own"),
    ("fire_station", Service.POWER): NeedRule(buffer_h=24.0, refill_h=8.0, level_without=0.5, source="(8)"),
    ("fire_station", Service.TELECOM): NeedRule(
        threshold=0.05, level_without=0.7, source="has radio of its own"
    ),
    ("depot", Service.POWER): NeedRule(buffer_h=24.0, refill_h=8.0, level_without=0.5, source="(8)"),
}
"""Kind and service to its rule. ``controller_of_signal`` differs from other controllers in its supply."""


def rule_of(kind: str, service: Service) -> NeedRule:
    """Return the rule of a kind; its own one where a controller has one, else that of all controllers."""
    rule = NEEDS_OF_KINDS.get((kind, service))
    return rule if rule is not None else NEEDS_OF_KINDS[kind.partition("_of_")[0], service]
