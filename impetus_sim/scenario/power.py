"""The `power` part of the infrastructure: the grid of a file above the city."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.network_files import PowerNetworkText
from impetus_sim.scenario.places import listed
from impetus_sim.scenario.spec import Spec, refuse

SUPPLY = "grid_supply_1"
"""The asset at which a city's ring of substations hangs."""


def _buses(raw: Any) -> Any:
    """Take one bus for that of the supply point, and numbers for names."""
    if raw is None:
        return {}
    if isinstance(raw, str | int) and not isinstance(raw, bool):
        return {SUPPLY: str(raw)}
    if not isinstance(raw, dict):
        refuse(
            f"{str(raw)[:60]!r} is no bus", allowed="a bus of the file, or one for each substation by its id"
        )
    wrong = [name for name, bus in raw.items() if isinstance(bus, bool) or not isinstance(bus, str | int)]
    if wrong:
        refuse("is no bus", key=str(wrong[0]), allowed="name or number of a bus of the file")
    return {str(name): str(raw[name]) for name in sorted(raw)}


class Power(Spec):
    """The electric grid.

    Parameters
    ----------
    network
        File of a grid on which the city hangs; without, the city is fed by a grid without limits.
    at
        Bus of the file at which the city's supply point hangs, or one for each substation by its id; the bus with
        the least load that is the city's peak or more when left out.
    ac
        Whether voltages are computed by AC flow after each change of the grid; needs the extra ``ac``.
    keep
        Assets, by id or kind, whose transformers no relay and no tie sheds; others are then shed whole, transformer
        by transformer, instead of a share of each.
    """

    network: PowerNetworkText | None = None
    at: Annotated[dict[str, str], BeforeValidator(_buses)] = Field(default_factory=dict)
    ac: bool = False
    keep: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()

    @model_validator(mode="after")
    def _check_power(self) -> Power:
        if self.at and self.network is None:
            refuse("there is no network in which to hang", key="at", allowed="network: a file")
        if SUPPLY in self.at and len(self.at) > 1:
            refuse(
                f"buses for {SUPPLY} and for substations",
                key="at",
                allowed=f"{SUPPLY} alone, or every substation",
            )
        return self
