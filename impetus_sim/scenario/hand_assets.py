"""Assets written by hand: a few with what they need of each other, where a city's own are not wanted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from impetus_sim.scenario.faults import nearest_name
from impetus_sim.scenario.infrastructure import ServiceName
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, Seconds, Share
from impetus_sim.scenario.spec import Entries, Spec, refuse
from impetus_sim.world.assets import ASSET_KINDS


class AssetNeed(Spec):
    """What an asset needs of another.

    Parameters
    ----------
    service
        power, telecom, control, water or fuel.
    of
        Who gives it; of several one is enough.
    buffer
        How long it goes on without (battery, tank, fuel), s.
    level_without
        Level that is left to it after that.
    """

    service: ServiceName
    of: Texts
    buffer: Seconds = 0.0
    level_without: Share = 0.0


class HandAsset(Spec):
    """One asset.

    Parameters
    ----------
    type
        Kind, of `world.assets.ASSET_KINDS`.
    at
        Where it stands; needed only for maps.
    people
        Who is without its service when it gives none.
    needs
        What it needs; every one of them.
    """

    type: Literal[ASSET_KINDS]  # type: ignore[valid-type]
    at: Place | None = None
    people: Count = 0
    needs: tuple[AssetNeed, ...] = ()


def _linked(entries: dict[str, HandAsset]) -> dict[str, HandAsset]:
    for name, asset in entries.items():
        for k, need in enumerate(asset.needs):
            key = f"{name}.needs.{k}.of"
            if not need.of:
                refuse("nobody is named who gives it", key=key, allowed="one asset, or a list of them")
            for provider in need.of:
                if provider == name:
                    refuse(f"'{name}' cannot need itself", key=key)
                if provider not in entries:
                    refuse(
                        f"there is no asset '{provider}'",
                        key=key,
                        allowed=", ".join(sorted(entries)[:20]),
                        nearest=nearest_name(provider, entries),
                    )
    return entries


HandAssets = Annotated[Entries[HandAsset], AfterValidator(_linked)]
"""Assets by name, each need of one that is there."""
