"""Drawing a scenario: every distribution becomes the number of this seed and replicate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from impetus_sim.scenario.draw import Draw
from impetus_sim.scenario.spec import Named, Spec

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario


def draw_scenario(scenario: Scenario, seed: int, replicate: int) -> Scenario:
    """See `Scenario.draw`."""
    if not scenario.draws():
        return scenario
    drawn = _drawn(scenario, (), seed, replicate)
    assert isinstance(drawn, type(scenario))
    return drawn


def _drawn(value: Any, path: tuple[str, ...], seed: int, replicate: int) -> Any:
    if isinstance(value, Draw):
        number = value.quantile(_uniform(seed, replicate, ".".join(path)))
        return round(number) if value.integer else number
    if isinstance(value, Spec):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        changed = {
            name: new
            for name, old in fields.items()
            if (new := _drawn(old, (*path, name), seed, replicate)) is not old
        }
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, Mapping):
        entries = {name: _drawn(item, (*path, name), seed, replicate) for name, item in value.items()}
        return value if all(entries[name] is value[name] for name in entries) else Named(entries)
    if isinstance(value, tuple):
        items = tuple(_drawn(item, (*path, str(i)), seed, replicate) for i, item in enumerate(value))
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    return value


def _uniform(seed: int, replicate: int, key: str) -> float:
    import numpy as np

    from impetus_sim.rng import draw_uniforms

    return float(draw_uniforms(seed, replicate, f"scenario.{key}", np.zeros(1, np.uint64))[0, 0])
