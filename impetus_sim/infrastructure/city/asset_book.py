"""Collect assets and needs while a city is built, and put them in the order of their ids at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from impetus_sim.infrastructure.city.needs_of_kinds import HOUR_S, NeedRule
from impetus_sim.world.assets import Assets, Needs, Service

RULE: Final = "rule: "
"""A basis that starts so is a rule; others are tags of the map."""


class Origin(NamedTuple):
    """Where an asset comes from: the tag of the map it was read from, or the rule that made it."""

    basis: str
    is_mapped: bool


def by_rule(words: str) -> Origin:
    """Return the origin of a synthetic asset."""
    return Origin(f"{RULE}{words}", False)


@dataclass
class AssetBook:
    """Assets in the order in which they were added; each is known by its number until the end."""

    ids: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    is_mapped: list[bool] = field(default_factory=list)
    basis: list[str] = field(default_factory=list)
    people: list[float] = field(default_factory=list)
    needs: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self, asset_id: str, kind: str, x: float, y: float, origin: Origin, *, people: float = 0.0
    ) -> int:
        """Add an asset and return its number."""
        self.ids.append(asset_id)
        self.kinds.append(kind)
        self.x.append(float(x))
        self.y.append(float(y))
        self.is_mapped.append(origin.is_mapped)
        self.basis.append(origin.basis)
        self.people.append(float(people))
        return len(self.ids) - 1

    def need(self, consumer: int, service: Service, *providers: int, rule: NeedRule) -> None:
        """Add a need of an asset, met by the best of the providers."""
        group = len(self.needs)
        for provider in providers:
            self.needs.append(
                {
                    "consumer": consumer,
                    "provider": provider,
                    "service": int(service),
                    "group": group,
                    "threshold": rule.threshold,
                    "buffer_s": HOUR_S * rule.buffer_h,
                    "refill_s": HOUR_S * rule.refill_h,
                    "level_without": rule.level_without,
                    "probability": 1.0,
                }
            )

    def close(self) -> tuple[Assets, np.ndarray]:
        """Return the assets in the order of their ids, and the row of each number, int64 (n,)."""
        rank = sorted(range(len(self.ids)), key=lambda number: self.ids[number])
        row_of = np.empty(len(rank), np.int64)
        row_of[rank] = np.arange(len(rank))
        assets = Assets(
            ids=tuple(self.ids[number] for number in rank),
            kinds=tuple(self.kinds[number] for number in rank),
            x=np.array(self.x)[rank],
            y=np.array(self.y)[rank],
            is_mapped=np.array(self.is_mapped, bool)[rank],
            basis=tuple(self.basis[number] for number in rank),
            people=np.array(self.people)[rank],
            needs=_sorted_needs(self.needs, row_of),
        )
        return assets, row_of


def _sorted_needs(needs: Sequence[dict[str, Any]], row_of: np.ndarray) -> Needs:
    """Return the needs by consumer and group, groups numbered from 0 for each consumer."""
    columns = {name: np.array([need[name] for need in needs]) for name in needs[0]}
    columns["consumer"] = row_of[columns["consumer"]]
    columns["provider"] = row_of[columns["provider"]]
    rank = np.lexsort((columns["provider"], columns["group"], columns["service"], columns["consumer"]))
    columns = {name: values[rank] for name, values in columns.items()}
    consumer, group = columns["consumer"], columns["group"]
    is_new = np.ones(len(group), bool)
    is_new[1:] = (group[1:] != group[:-1]) | (consumer[1:] != consumer[:-1])
    serial = np.cumsum(is_new) - 1
    starts = np.searchsorted(consumer, consumer)
    columns["group"] = (serial - serial[starts]).astype(np.int64)
    columns["service"] = columns["service"].astype(np.uint8)
    return Needs(**columns)
