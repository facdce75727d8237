"""The attack surface of a scenario: its own assets, or those of its map's infrastructure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.cyber.plan import ControlPlan, plan_control
from impetus_sim.cyber.surface import Surface, compute_surface
from impetus_sim.engine.build_hand_assets import build_hand_assets
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city.build import CityInfrastructure, build_city_infrastructure
from impetus_sim.scenario.cyber import Attacker, Cyber, Goal
from impetus_sim.world.assets import Assets, Needs, Service

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario

ANYBODY = "anybody"
"""The attacker of a scenario that names none: comes from outside and wants everything."""


def find_surface(
    scenario: Scenario,
    *,
    horizon_h: float,
    n: int,
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> Surface:
    """Find the attack surface of a scenario.

    Parameters
    ----------
    scenario
        With its distributions still to be drawn. Without a section `cyber` nothing is in place.
    horizon_h, n, seed
        As in `cyber.surface.compute_surface`.
    progress
        Called with a sentence before slow parts.

    Raises
    ------
    InvalidInputError
        When nothing is commanded over a network, or an entry or a goal fits nothing.
    """
    spec = scenario.draw(seed).cyber or Cyber()
    plan = plan_control(spec, _assets(scenario, spec, progress))
    if not plan.network.nodes:
        raise InvalidInputError(
            "nothing is commanded over a network here", hint="write assets under cyber.assets"
        )
    if not spec.attackers:
        plan = _with_anybody(plan)
    if progress:
        progress(f"sampling {n} episodes, once for each defence...")
    return compute_surface(plan, horizon_h=horizon_h, n=n, seed=seed)


def _assets(scenario: Scenario, spec: Cyber, progress: Callable[[str], None] | None) -> Assets:
    if spec.assets:
        has_places = any(asset.at is not None for asset in spec.assets.values())
        city = scenario.open_map(progress=progress) if has_places else None
        return build_hand_assets(spec.assets, city, key="cyber.assets")
    return _fed_by_feeders(build_city_infrastructure(scenario.open_map(progress=progress)))


def _fed_by_feeders(city: CityInfrastructure) -> Assets:
    # Power flows through the grid and not through needs: here each transformer needs the feeder it hangs on.
    assets, wiring = city.assets, city.wiring
    at_bus = {
        int(bus): row for row, bus in enumerate(city.bus_of_asset) if assets.kinds[row] == "transformer"
    }
    at_breaker = {int(branch): row for row, branch in enumerate(city.branch_of_asset) if branch >= 0}
    consumer = np.array([at_bus[int(bus)] for bus in wiring.bus_of_station], np.int64)
    feeders = wiring.breaker_of_feeder[city.parts.feeders.of_station]
    provider = np.array([at_breaker[int(breaker)] for breaker in feeders], np.int64)
    n, needs = len(consumer), assets.needs
    columns = {
        "consumer": consumer,
        "provider": provider,
        "service": np.full(n, Service.POWER, np.uint8),
        "group": np.full(n, needs.group.max(initial=0) + 1),
        "threshold": np.full(n, 0.5),
        "buffer_s": np.zeros(n),
        "refill_s": np.zeros(n),
        "level_without": np.zeros(n),
        "probability": np.ones(n),
    }
    joined = {name: np.concatenate([getattr(needs, name), column]) for name, column in columns.items()}
    order = np.lexsort((joined["group"], joined["consumer"]))
    return replace(assets, needs=Needs(**{name: column[order] for name, column in joined.items()}))


def _with_anybody(plan: ControlPlan) -> ControlPlan:
    effects = sorted({step.effect.name for step in plan.graph(()).steps if step.effect})
    goals = tuple(Goal(assets=("*",), effect=name) for name in effects)  # type: ignore[arg-type]
    spec = plan.spec.model_copy(update={"attackers": {ANYBODY: Attacker(goals=goals)}})
    return ControlPlan(assets=plan.assets, template=plan.template, network=plan.network, spec=spec)
