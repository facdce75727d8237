"""The rules by which a city's infrastructure is made where the map holds none, each with its source.

[S] read in the source, [R] recalled from the literature. Sources: JRC: Prettico et al. (2016), Distribution System
Operators Observatory, EUR 27927, table 4-3. ding0: Amme et al. (2018), J. Phys.: Conf. Ser. 977 012007, and its
documentation and issue 121. BW: Rehtanz et al. (2017), Verteilnetzstudie Baden-Württemberg, standard equipment as
in eDisGo. pandapower: its standard types (NA2XS2Y 1x240 RM/25 12/20 kV).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from impetus_sim.errors import InvalidInputError


@dataclass(frozen=True, kw_only=True)
class CitySpec:
    """Rules of synthesis.

    Parameters
    ----------
    street_step_m
        Streets are cut into pieces of at most this length; stations stand at their ends.
    power_factor
        Of the load as a whole [R].
    transformer_kva
        Sizes of distribution transformers (JRC: 400, 630, 1000 kVA in towns, 100, 250, 400 kVA outside; BW: 630 kVA
        standard) [S].
    transformer_loading
        Share of the size that the peak may take [R].
    lv_reach_m
        Longest way along streets from a transformer to a customer's house connection (ding0: 100-1500 m of
        low-voltage cable, 200-300 m most typical) [S].
    feeder_mw
        Most peak load of one medium-voltage cable in the closed state: below half of what it carries, so that its
        neighbour can take it over (open ring) [R].
    feeder_path_m
        Longest way along cables from the substation (ding0: about 1 kV per km, 20 km at 20 kV) [S].
    feeder_cable_m
        Most cable of one feeder, branches included [R].
    substation_mw
        Peak load of a substation of two 40 MVA transformers, of which one must be enough (BW: 40 MVA) [S].
    substation_reach_m
        Longest way along streets to the nearest substation; beyond, another one is built [R].
    mv_kv, hv_kv
        Voltages of feeders and of the ring of substations [R].
    cable_kiloamps, cable_ohm_per_km, cable_resistance_per_km, cable_nf_per_km
        Of one feeder cable: reactance, resistance, capacity (pandapower: 0.417 kA, 0.112 and 0.122 ohm/km, 304
        nF/km) [S].
    ring_ohm_per_km, ring_resistance_per_km, ring_nf_per_km, ring_mw
        Of one circuit of the ring, an overhead line of 110 kV: reactance, resistance, capacity (pandapower:
        243-AL1/39-ST1A 110.0 has 0.39 and 0.1188 ohm/km, 9 nF/km) [S]; the rating is at least `ring_mw`, and never
        less than all load [R].
    hv_mv_mva, hv_mv_impedance, hv_mv_resistance
        Size and short-circuit impedance of one transformer of a substation (BW: 40 MVA) [S], and its real part
        (pandapower: 0.34 % of 40 MVA 110/20 kV) [S].
    supply_pu
        Voltage that the transmission grid holds at the supply point; transformers keep their middle taps [R].
    houses_per_km
        Below so many buildings per km of street a map is taken to hold too few of them, and people are set along
        its streets.
    consumers_per_km, people_per_consumer, kw_per_consumer
        That rule: JRC semi-urban, 0.008 km of low-voltage circuit per consumer [S]; a household of 2.2 and its
        share in the common peak of 1.5 kW [R].
    cell_people, cell_least_m, cell_most_m
        Most people of a cell, and the bounds of its range: a macro site has 1 000-3 000 people per operator group
        in European towns, 0.3-0.5 km in dense quarters, 5 km outside [R].
    busy_hour_erlang, blocking
        Traffic of a person in the busy hour, and the share of calls blocked that a cell is sized for (25 mErl,
        2 %) [R].
    exchange_people, exchange_span_m
        Most people of the area of one exchange, and its width along streets [R].
    zone_people, zone_span_m
        Most people of a water pressure zone, and its width along streets [R].
    water_l_per_person_day, water_peak
        Mean use and the factor of the peak hour (EurEau: 124 l; DVGW W 410: about 1.8 in the peak hour of the peak
        day for towns) [R].
    water_head_m, pump_efficiency
        Lift of a pumping station: 40 m service pressure, losses and height [R].
    tank_share
        Volume of a zone's tank as share of a mean day's use (DVGW W 300-1: about 1 for small, 0.3-0.8 for larger
        supplies) [R].
    transformer_people
        Most people behind one transformer; load and reach alone decide when left out.
    people_for_each
        Kind of equipment (`equipment.EQUIPMENT_KINDS`) to people for each device, up to which what the map holds is
        filled; what the map holds for kinds that are not named.
    """

    street_step_m: float = 50.0
    power_factor: float = 0.95
    transformer_kva: tuple[float, ...] = (100.0, 250.0, 400.0, 630.0)
    transformer_loading: float = 0.8
    lv_reach_m: float = 400.0
    feeder_mw: float = 6.0
    feeder_path_m: float = 20_000.0
    feeder_cable_m: float = 30_000.0
    substation_mw: float = 38.0
    substation_reach_m: float = 12_000.0
    mv_kv: float = 20.0
    hv_kv: float = 110.0
    cable_kiloamps: float = 0.417
    cable_ohm_per_km: float = 0.112
    cable_resistance_per_km: float = 0.122
    cable_nf_per_km: float = 304.0
    ring_ohm_per_km: float = 0.4
    ring_resistance_per_km: float = 0.1188
    ring_nf_per_km: float = 9.0
    ring_mw: float = 120.0
    hv_mv_mva: float = 40.0
    hv_mv_impedance: float = 0.12
    hv_mv_resistance: float = 0.0034
    supply_pu: float = 1.03
    houses_per_km: float = 2.0
    consumers_per_km: float = 125.0
    people_per_consumer: float = 2.2
    kw_per_consumer: float = 1.5
    cell_people: float = 2_500.0
    cell_least_m: float = 400.0
    cell_most_m: float = 5_000.0
    busy_hour_erlang: float = 0.025
    blocking: float = 0.02
    exchange_people: float = 30_000.0
    exchange_span_m: float = 20_000.0
    zone_people: float = 15_000.0
    zone_span_m: float = 8_000.0
    water_l_per_person_day: float = 124.0
    water_peak: float = 1.8
    water_head_m: float = 60.0
    pump_efficiency: float = 0.7
    tank_share: float = 0.5
    transformer_people: float | None = None
    people_for_each: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is None or value == {}:
                continue
            numbers = value.values() if isinstance(value, Mapping) else np.atleast_1d(value)
            if not len(numbers) or not all(0.0 < number < float("inf") for number in numbers):
                raise InvalidInputError(
                    f"rule '{field.name}' of city infrastructure is {value}",
                    hint="give a finite number above 0",
                )

    @property
    def cable_mw(self) -> float:
        """What one feeder cable carries for long."""
        return 3.0**0.5 * self.mv_kv * self.cable_kiloamps * self.power_factor

    @property
    def transformer_kw(self) -> float:
        """Peak load that one transformer of the largest size is given."""
        return max(self.transformer_kva) * self.transformer_loading * self.power_factor
