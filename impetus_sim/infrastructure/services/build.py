"""Assets from a short list of who is there and who needs what, for scripts, hand-solved cases and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.world.assets import ASSET_KINDS, Assets, Needs, Service


@dataclass(frozen=True, kw_only=True)
class Need:
    """One need of one asset; fields as in `world.assets.Needs`, names in the place of rows.

    Parameters
    ----------
    providers
        Ids of alternatives, one of which is enough.
    """

    consumer: str
    providers: tuple[str, ...]
    service: Service
    threshold: float = 1.0
    buffer_s: float = 0.0
    refill_s: float = 0.0
    level_without: float = 0.0
    probability: float = 1.0


def assemble_assets(
    kinds: Mapping[str, str],
    needs: Sequence[Need],
    *,
    people: Mapping[str, float] | None = None,
    places: Mapping[str, tuple[float, float]] | None = None,
) -> Assets:
    """Return assets with their needs.

    Parameters
    ----------
    kinds
        Id to kind, of `ASSET_KINDS`.
    needs
        In the order in which needs of one asset are numbered.
    people, places
        Id to people, and to local metres; 0 where left out.

    Raises
    ------
    InvalidInputError
        When a kind or an id is unknown.

    Examples
    --------
    >>> assets = assemble_assets(
    ...     {"feeder_1": "feeder", "cell_1": "cell"},
    ...     [Need(consumer="cell_1", providers=("feeder_1",), service=Service.POWER, buffer_s=4 * 3600)],
    ... )
    >>> assets.row("cell_1")
    0
    """
    people, places = people or {}, places or {}
    for name, kind in kinds.items():
        if kind not in ASSET_KINDS:
            raise InvalidInputError(f"'{name}' is a '{kind}'", hint=f"one of {', '.join(ASSET_KINDS)}")
    ids = tuple(sorted(kinds))
    row_of = {name: row for row, name in enumerate(ids)}
    named = [name for need in needs for name in (need.consumer, *need.providers)]
    unknown = [name for name in (*named, *people, *places) if name not in row_of]
    if unknown:
        raise InvalidInputError(f"there is no asset '{unknown[0]}'")
    rows = sorted(
        (
            (row_of[need.consumer], group, row_of[name])
            for group, need in enumerate(needs)
            for name in need.providers
        ),
        key=lambda row: row[:2],
    )
    of_row = [needs[group] for _, group, _ in rows]
    ends = np.array(rows, np.int64).reshape(-1, 3)
    place = np.array([places.get(name, (0.0, 0.0)) for name in ids], np.float64).reshape(-1, 2)
    return Assets(
        ids=ids,
        kinds=tuple(kinds[name] for name in ids),
        x=place[:, 0],
        y=place[:, 1],
        is_mapped=np.zeros(len(ids), np.bool_),
        basis=("given",) * len(ids),
        people=np.array([people.get(name, 0.0) for name in ids], np.float64),
        needs=Needs(
            consumer=ends[:, 0],
            group=ends[:, 1],
            provider=ends[:, 2],
            service=np.array([need.service for need in of_row], np.uint8),
            threshold=np.array([need.threshold for need in of_row], np.float64),
            buffer_s=np.array([need.buffer_s for need in of_row], np.float64),
            refill_s=np.array([need.refill_s for need in of_row], np.float64),
            level_without=np.array([need.level_without for need in of_row], np.float64),
            probability=np.array([need.probability for need in of_row], np.float64),
        ),
    )
