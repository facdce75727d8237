"""How many people are without service in the long run while some assets stay broken."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.kernels.settle import settle
from impetus_sim.infrastructure.services.network import build_net, initial_state, spare_arrays
from impetus_sim.world.assets import Assets, Service


class UnservedPeople:
    """Predicts people without service for sets of broken assets; answers are kept.

    Buffers count as empty, and generators as fuelled: what a planner of repairs that take hours looks at. Every
    lack whose chance is above 0 counts as felt.

    Parameters
    ----------
    assets
        With their needs.
    """

    def __init__(self, assets: Assets) -> None:
        needs = assets.needs
        is_felt = (needs.probability > 0.0) & (needs.service != Service.FUEL)
        lasting = dataclasses.replace(
            needs,
            probability=is_felt.astype(np.float64),
            buffer_s=np.where(needs.service == Service.FUEL, needs.buffer_s, 0.0),
        )
        self._assets = assets
        self._net = build_net(dataclasses.replace(assets, needs=lasting), np.zeros(2, np.uint32))
        self._whole, self._state = initial_state(self._net), initial_state(self._net)
        self._work, self._log = spare_arrays(self._net)
        self._none = np.zeros(0, np.int64)
        self._known: dict[frozenset[int], float] = {frozenset(): 0.0}

    def levels(self, broken: Collection[int]) -> npt.NDArray[np.float64]:
        """Return the level of each asset while these rows are broken, float64 (assets,)."""
        for field in self._state._fields:
            getattr(self._state, field)[...] = getattr(self._whole, field)
        rows = np.array(sorted(broken), np.int64)
        self._state.is_intact[rows] = 0
        settle(self._net, self._state, rows, self._none, 0, self._work, self._log)
        return self._state.level.copy()

    def __call__(self, broken: Collection[int]) -> float:
        """Return the people without service while these rows are broken; parts of a level count in part."""
        key = frozenset(broken)
        if key not in self._known:
            self._known[key] = float(self._assets.people @ (1.0 - self.levels(key)))
        return self._known[key]
