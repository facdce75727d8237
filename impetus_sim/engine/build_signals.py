"""Plans of a run's signals: guessed where the map shows a light, and those that operators set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.engine.build_road_orders import signals_of
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.response.interventions.signal_control import SignalControlSpec
from impetus_sim.scenario.places import locate
from impetus_sim.traffic.guess_signals import divides_green, guess_plan
from impetus_sim.traffic.people_lights import crossing_widths_m

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.scenario.traffic import Traffic
    from impetus_sim.traffic.road import Links
    from impetus_sim.traffic.signals import SignalPlan
    from impetus_sim.world.drive_network import DriveNetwork


def build_plans(network: DriveNetwork, links: Links, spec: Traffic, city: City) -> list[SignalPlan]:
    """Return the plans of all signals of the map and of the scenario."""
    if spec.signals.control == "none":
        return []
    bearing, crossing_m = network.bearing_in(), crossing_widths_m(links)
    has_signal = network.has_signal.copy()
    with about("traffic.signals.at"):
        for place in spec.signals.at:
            centre = locate(place, city).centroid
            has_signal[network.nearest_node(np.array([centre.x]), np.array([centre.y]))] = True
    found = [
        guess_plan(
            int(node),
            links,
            bearing,
            control=spec.signals.control,
            cycle_s=float(spec.signals.cycle),
            clearance_s=float(spec.signals.clearance),
            crossing_m=crossing_m,
        )
        for node in np.flatnonzero(has_signal)
    ]
    return [plan for plan in found if plan is not None]


def build_set_plans(
    scenario: Scenario, city: City, network: DriveNetwork, links: Links, plans: Sequence[SignalPlan]
) -> dict[str, dict[int, SignalPlan]]:
    """Return the plans that each signal_control of a drawn scenario sets, by name and row of the signal.

    Raises
    ------
    InvalidInputError
        When there is no signal at its place, or none there divides its green between the street and others.
    """
    nodes = np.array([plan.node for plan in plans], np.int64)
    found = {}
    for name, spec in scenario.interventions.items():
        if isinstance(spec, SignalControlSpec):
            with about(f"interventions.{name}.at"):
                rows = signals_of(spec, city, network, nodes)
            with about(f"interventions.{name}.favour"):
                found[name] = _set_plans(spec, scenario, city, network, links, nodes, rows.tolist())
    return found


def _set_plans(
    spec: SignalControlSpec,
    scenario: Scenario,
    city: City,
    network: DriveNetwork,
    links: Links,
    nodes: npt.NDArray[np.int64],
    rows: list[int],
) -> dict[int, SignalPlan]:
    assert scenario.traffic is not None
    built = scenario.traffic.signals
    control = spec.control or built.control
    favoured = None if spec.favour is None else network.links_along(locate(spec.favour, city))
    if favoured is not None and control == "max_pressure":
        raise InvalidInputError(
            "max_pressure gives green by queues alone", hint="set control: fixed or actuated"
        )
    set_plans = {}
    for row in rows:
        plan = guess_plan(
            int(nodes[row]),
            links,
            network.bearing_in(),
            control=control,
            cycle_s=float(built.cycle if spec.cycle is None else spec.cycle),
            clearance_s=float(built.clearance),
            crossing_m=crossing_widths_m(links),
            favoured=favoured,
            green_share=0.5 if spec.green_share is None else float(spec.green_share),
        )
        assert plan is not None  # a link ends where a signal is
        set_plans[row] = plan
    if favoured is not None and not any(divides_green(plan, favoured) for plan in set_plans.values()):
        raise InvalidInputError(
            f"no signal at '{spec.at}' divides its green between '{spec.favour}' and other streets",
            hint="move or widen `at`, or name a street that passes a signal there",
        )
    return set_plans
