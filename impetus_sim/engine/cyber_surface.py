"""The attack surface of a scenario: its own assets, or those of its map's infrastructure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from impetus_sim.cyber.plan import ControlPlan, plan_control
from impetus_sim.cyber.surface import Surface, compute_surface
from impetus_sim.engine.build_hand_assets import build_hand_assets
from impetus_sim.engine.build_infrastructure import build_city, change_needs
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city.build import build_city_infrastructure
from impetus_sim.infrastructure.city.needs_of_feeders import add_feeders_as_needs
from impetus_sim.scenario.cyber import Attacker, Cyber, Goal
from impetus_sim.scenario.places import locate
from impetus_sim.world.assets import Assets

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
    city = scenario.open_map(progress=progress)
    section = scenario.infrastructure
    built = build_city_infrastructure(city) if section is None else build_city(section, city)
    assets = built.assets
    for name, change in ({} if section is None else section.needs).items():
        with about(f"infrastructure.needs.{name}"):
            assets = change_needs(assets, change, lambda place: locate(place, city))
    return add_feeders_as_needs(replace(built, assets=assets))


def _with_anybody(plan: ControlPlan) -> ControlPlan:
    effects = sorted({step.effect.name for step in plan.graph(()).steps if step.effect})
    goals = tuple(Goal(assets=("*",), effect=name) for name in effects)  # type: ignore[arg-type]
    spec = plan.spec.model_copy(update={"attackers": {ANYBODY: Attacker(goals=goals)}})
    return ControlPlan(assets=plan.assets, template=plan.template, network=plan.network, spec=spec)
