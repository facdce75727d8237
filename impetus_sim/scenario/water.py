"""The `water` part of the infrastructure: the network of an EPANET file, and what gets into it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.network_files import WaterNetworkText
from impetus_sim.scenario.quantities import FixedNumber, Number, Seconds, limits
from impetus_sim.scenario.spec import Spec, refuse


def _text(raw: Any) -> Any:
    """Take a number for a name."""
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


class Placement(Spec):
    """Where a network lies: local metres = scale x the file's coordinates + (x, y).

    Parameters
    ----------
    scale
        Metres for one unit of the file.
    x, y
        Where the file's origin lies, local metres.
    """

    scale: Annotated[FixedNumber, limits(above=0.0, high=1e6)]
    x: Annotated[FixedNumber, limits(low=-1e9, high=1e9)] = 0.0
    y: Annotated[FixedNumber, limits(low=-1e9, high=1e9)] = 0.0


class Contamination(Spec):
    """A substance that does not react and gets into the network.

    Parameters
    ----------
    at
        Id of a node of the file.
    kg_per_hour
        How much of it.
    start
        When it begins.
    lasts
        For how long; to the end when left out.
    limit
        Concentration from which water counts as contaminated, mg/l.
    """

    at: Annotated[str, BeforeValidator(_text)]
    kg_per_hour: Annotated[Number, limits(above=0.0, high=1e6)]
    start: Seconds = 0.0
    lasts: Seconds | None = None
    limit: Annotated[Number, limits(above=0.0, high=1e9)]


def _feeds(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {
            str(_text(pump)): _text(asset)
            for pump, asset in sorted(raw.items(), key=lambda item: str(item[0]))
        }
    return {} if raw is None else raw


class Water(Spec):
    """The water supply.

    Parameters
    ----------
    network
        EPANET file in place of zones made from the map; needs the extra ``water``.
    place
        Where it lies; the junctions' box is fitted into that of the people when left out.
    feeds
        Transformer that feeds a pump, by the pump's id in the file; the one where it stands when left out.
    required_pressure
        From which a junction gets all it asks for, m of water.
    contamination
        What gets into the network.
    """

    network: WaterNetworkText | None = None
    place: Placement | None = None
    feeds: Annotated[dict[str, str], BeforeValidator(_feeds)] = Field(default_factory=dict)
    required_pressure: Annotated[Number, limits(above=0.0, high=1000.0)] = 20.0
    contamination: Contamination | None = None

    @model_validator(mode="after")
    def _check_water(self) -> Water:
        if self.network is None:
            for key in ("place", "feeds", "contamination"):
                if getattr(self, key):
                    refuse("there is no network that it is about", key=key, allowed="network: an EPANET file")
        return self
