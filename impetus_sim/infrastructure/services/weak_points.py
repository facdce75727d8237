"""What is not seen in a list of needs: circles, what everything hangs on, and help that hangs on the helped.

Each asset is broken alone, all buffers run out, and what falls is set beside what was declared. Every lack whose
chance is above 0 counts as felt; generators are not refuelled, other tanks of fuel are filled as usual.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.kernels.needs import State, set_pace
from impetus_sim.infrastructure.kernels.settle import call_standby
from impetus_sim.infrastructure.kernels.single_failures import fail_alone
from impetus_sim.infrastructure.services.network import (
    STANDBY_KINDS,
    build_net,
    initial_state,
    services_of_groups,
    spare_arrays,
)
from impetus_sim.world.assets import Assets, Service

HORIZON_S: Final = 72 * 3600.0
"""How long buffers may take to run out. Three days: what critical services are commonly asked to last."""
_NO_KEY: Final = np.zeros(2, np.uint32)


@dataclass(frozen=True, kw_only=True)
class Circle:
    """Assets each of which needs all others of the circle, by some alternative.

    holds_s: how long until one of them that breaks has brought down one of its own needs, s; the shortest over its
    members, None when none ever does (other alternatives hold).
    """

    members: tuple[str, ...]
    services: tuple[str, ...]
    holds_s: float | None


@dataclass(frozen=True, kw_only=True)
class SinglePoint:
    """An asset whose loss alone brings down others.

    falls: how many others fall. undeclared: those of them that declared no need of it. people: without service
    then.
    """

    asset: str
    kind: str
    falls: int
    people: float
    undeclared: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SharedProvider:
    """Alternatives of one need that all fall with one asset that none of the needs names.

    after_s: when, after that asset breaks, the need is unmet with its buffer empty, s.
    """

    consumer: str
    service: str
    alternatives: tuple[str, ...]
    shared: str
    after_s: float


@dataclass(frozen=True, kw_only=True)
class RestorationKnot:
    """An asset that loses what it needs because it is down itself: its own return waits for help that waits for it.

    after_s: when that need is unmet with its buffer empty, after the asset broke, s. Before that it can be brought
    back from afar; then somebody has to go there.
    """

    asset: str
    service: str
    providers: tuple[str, ...]
    after_s: float


@dataclass(frozen=True, kw_only=True)
class WeakPoints:
    """All that was found, the gravest first."""

    circles: tuple[Circle, ...]
    single_points: tuple[SinglePoint, ...]
    shared_providers: tuple[SharedProvider, ...]
    restoration_knots: tuple[RestorationKnot, ...]

    def tables(self) -> list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
        """Return title, names of columns and rows of each table, as texts for people."""
        return [
            (
                "circles: each needs all others",
                ("members", "services", "holds for"),
                [
                    (", ".join(circle.members), ", ".join(circle.services), _hours(circle.holds_s))
                    for circle in self.circles
                ],
            ),
            (
                "restoration knots: what is needed to bring it back is lost with it",
                ("asset", "loses", "from", "after"),
                [
                    (knot.asset, knot.service, ", ".join(knot.providers), _hours(knot.after_s))
                    for knot in self.restoration_knots
                ],
            ),
            (
                "shared providers: alternatives that all hang on one",
                ("consumer", "service", "alternatives", "hang on", "lost after"),
                [
                    (
                        pair.consumer,
                        pair.service,
                        ", ".join(pair.alternatives),
                        pair.shared,
                        _hours(pair.after_s),
                    )
                    for pair in self.shared_providers
                ],
            ),
            (
                "single points of failure",
                ("asset", "people", "falls with it", "of which not declared"),
                [
                    (point.asset, f"{point.people:.0f}", str(point.falls), str(len(point.undeclared)))
                    for point in self.single_points
                ],
            ),
        ]

    def to_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Return what ``--json`` prints: one list for each of the tables."""
        return {
            field.name: [dataclasses.asdict(entry) for entry in getattr(self, field.name)]
            for field in dataclasses.fields(self)
        }


def find_weak_points(
    assets: Assets, *, horizon_s: float = HORIZON_S, progress: Callable[[int, int], None] | None = None
) -> WeakPoints:
    """Find circular and hidden dependencies and single points of failure.

    Parameters
    ----------
    assets
        With their needs.
    horizon_s
        How long buffers may take to run out.
    progress
        Called with assets done and to do.

    Raises
    ------
    InvalidInputError
        When the needs are not sound.
    """
    return _Search(assets, horizon_s).run(progress)


def _hours(seconds: float | None) -> str:
    return "ever" if seconds is None else f"{seconds / 3600.0:g} h"


class _Search:
    """Breaks one asset after the other on one set of arrays."""

    def __init__(self, assets: Assets, horizon_s: float) -> None:
        needs = assets.needs
        runs_always = ~np.isin(np.array(assets.kinds, dtype=object), STANDBY_KINDS)[needs.consumer]
        is_felt = (needs.probability > 0.0) & ~((needs.service == Service.FUEL) & runs_always)
        felt = dataclasses.replace(needs, probability=is_felt.astype(np.float64))
        self.assets = dataclasses.replace(assets, needs=felt)
        self.net = build_net(self.assets, _NO_KEY)
        self.until_us = round(horizon_s * US_PER_S)
        self.service = services_of_groups(needs)
        self.whole = initial_state(self.net)
        for g in np.flatnonzero(self.net.has_standby):
            call_standby(self.net, self.whole, g, -1, 0, *spare_arrays(self.net))
        for g in np.flatnonzero(self.net.is_fuel):
            set_pace(self.net, self.whole, g, 0)
        self.declared = set(zip(needs.consumer.tolist(), needs.provider.tolist(), strict=True))
        self.shared: list[SharedProvider] = []
        self.knots: list[RestorationKnot] = []
        self.points: list[SinglePoint] = []

    def run(self, progress: Callable[[int, int], None] | None) -> WeakPoints:
        net = self.net
        self.state = initial_state(net)
        work, log = spare_arrays(net)
        touched, due = np.zeros(1, np.int64), np.zeros(len(net.consumer), np.int64)
        fell_us, unmet_us = np.empty(len(self.assets), np.int64), np.empty(len(net.consumer), np.int64)
        providers = np.unique(self.assets.needs.provider)
        for done, asset in enumerate(providers.tolist()):
            self._reset()
            fail_alone(net, self.state, asset, self.until_us, touched, due, work, log, fell_us, unmet_us)
            self._note(asset, fell_us, unmet_us)
            if progress:
                progress(done + 1, len(providers))
        return WeakPoints(
            circles=tuple(sorted(self._circles(), key=lambda circle: (-len(circle.members), circle.members))),
            single_points=tuple(
                sorted(self.points, key=lambda point: (-point.people, -point.falls, point.asset))
            ),
            shared_providers=tuple(
                sorted(self.shared, key=lambda pair: (pair.after_s, pair.consumer, pair.shared))
            ),
            restoration_knots=tuple(sorted(self.knots, key=lambda knot: (knot.after_s, knot.asset))),
        )

    def _reset(self) -> None:
        for field in State._fields:
            getattr(self.state, field)[...] = getattr(self.whole, field)

    def _note(self, asset: int, fell_us: npt.NDArray[np.int64], unmet_us: npt.NDArray[np.int64]) -> None:
        """Take down what one failure did."""
        net, ids = self.net, self.assets.ids
        fallen = np.flatnonzero((fell_us >= 0) & (np.arange(len(ids)) != asset))
        lost = 1.0 - self.state.level
        hidden = [ids[row] for row in fallen.tolist() if (row, asset) not in self.declared]
        if len(fallen):
            self.points.append(
                SinglePoint(
                    asset=ids[asset],
                    kind=self.assets.kinds[asset],
                    falls=len(fallen),
                    people=float(self.assets.people @ lost),
                    undeclared=tuple(hidden),
                )
            )
        for g in np.flatnonzero(unmet_us >= 0).tolist():
            providers = net.provider[net.first_row[g] : net.first_row[g + 1]].tolist()
            facts: dict[str, Any] = {
                "service": Service(self.service[g]).name.lower(),
                "after_s": float(unmet_us[g]) / US_PER_S,
            }
            names = tuple(ids[row] for row in providers)
            if net.consumer[g] == asset:
                self.knots.append(RestorationKnot(asset=ids[asset], providers=names, **facts))
            elif len(providers) > 1 and asset not in providers:
                self.shared.append(
                    SharedProvider(
                        consumer=ids[net.consumer[g]], alternatives=names, shared=ids[asset], **facts
                    )
                )

    def _circles(self) -> list[Circle]:
        """Return the strongly connected parts of the graph of needs that have more than one member."""
        needs, n = self.assets.needs, len(self.assets)
        acts = needs.probability > 0.0
        ends = needs.consumer[acts], needs.provider[acts]
        graph = coo_array((np.ones(len(ends[0])), ends), shape=(n, n)).tocsr()
        n_parts, part = connected_components(graph, connection="strong")
        size = np.bincount(part, minlength=n_parts)
        inside = (part[needs.consumer] == part[needs.provider]) & acts
        soonest: dict[str, float] = {}
        for knot in self.knots:
            soonest[knot.asset] = min(knot.after_s, soonest.get(knot.asset, np.inf))
        circles = []
        for label in np.flatnonzero(size > 1).tolist():
            members = tuple(self.assets.ids[row] for row in np.flatnonzero(part == label).tolist())
            services = np.unique(needs.service[inside & (part[needs.consumer] == label)])
            circles.append(
                Circle(
                    members=members,
                    services=tuple(Service(service).name.lower() for service in services.tolist()),
                    holds_s=min((soonest[name] for name in members if name in soonest), default=None),
                )
            )
        return circles
