"""Letting people notice something."""

from __future__ import annotations

from impetus_sim.world.world import World


def stimulate(
    world: World,
    key: str,
    *,
    x: float,
    y: float,
    radius_m: float,
    share: float,
    delay_factor: float,
    cause: int,
    overrides_hold: bool = False,
) -> None:
    """Let people within a distance notice something now; see `tables.stimuli_table`.

    Parameters
    ----------
    key
        Name of what is noticed, and after a colon what tells apart its stimuli.
    radius_m
        inf for everybody; nan for the areas of the intervention of that name.
    """
    world.stimuli.append(
        {
            "key": key.encode(),
            "tick": world.tick,
            "x": x,
            "y": y,
            "radius_m": radius_m,
            "share": share,
            "delay_factor": delay_factor,
            "overrides_hold": overrides_hold,
            "cause": cause,
        }
    )
