"""The water of a run: zones made from the map with their controllers, or the network of a file."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city.networks import build_zone_water
from impetus_sim.infrastructure.city.water_network import WaterFile, describe_water_file
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.supplies.contamination import Contamination
from impetus_sim.infrastructure.supplies.pump_control import PumpControl
from impetus_sim.infrastructure.supplies.water import WaterSupply
from impetus_sim.infrastructure.water.hydraulics import DemandLaw
from impetus_sim.infrastructure.water.project import Project
from impetus_sim.infrastructure.water.toolkit_water import ToolkitWater
from impetus_sim.scenario.faults import nearest_name
from impetus_sim.scenario.network_files import HeldFiles, files_of

if TYPE_CHECKING:
    from impetus_sim.infrastructure.city.build import CityInfrastructure
    from impetus_sim.infrastructure.parts import Supply
    from impetus_sim.infrastructure.services.services import Services
    from impetus_sim.scenario.water import Contamination as ContaminationSpec
    from impetus_sim.scenario.water import Water


class WaterFileOnDisk:
    """A network file for as long as it is needed: the toolkit reads files only."""

    def __init__(self, held: HeldFiles) -> None:
        folder = Path(tempfile.mkdtemp(prefix="impetus_water_"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.name = held.name
        self.path = folder / "network.inp"
        self.path.write_text(held.text, "utf-8", newline=os.linesep)


def water_file(spec: Water) -> WaterFile | None:
    """Return what is in the network file of a scenario; None without.

    Raises
    ------
    InvalidInputError
        When the toolkit is not installed, or with all that it does not accept in the file, where it stands.
    """
    if spec.network is None:
        return None
    held = files_of(spec.network)
    place = spec.place
    with about("infrastructure.water.network"):
        disk = WaterFileOnDisk(held)
        project = Project(disk.path, name=disk.name)
        return describe_water_file(
            project,
            held.text,
            scale=None if place is None else float(place.scale),
            offset=(0.0, 0.0) if place is None else (float(place.x), float(place.y)),
            feeds=spec.feeds,
        )


def build_water(spec: Water, built: CityInfrastructure, services: Services, *, start_s: int) -> list[Supply]:
    """Build the water under the assets.

    Parameters
    ----------
    start_s
        Time of day at the start, s.

    Raises
    ------
    InvalidInputError
        When contamination is to begin at a node that is not there.
    """
    zones, pumps, tanks = built.zone_assets, built.pump_assets, built.tank_assets
    if spec.network is None:
        star = build_zone_water(built, start_s=start_s)
        water = WaterSupply(star, services.states, zones=zones, pumps=pumps, tanks=tanks)
        control = PumpControl(
            services,
            water,
            pumps=pumps,
            tanks=tanks,
            low=star.network.start_share,
            high=star.network.stop_share,
        )
        return [water, control]
    assert built.water is not None
    toolkit = RunWater(files_of(spec.network), spec, start_s=start_s)
    row_of = {name: k for k, name in enumerate(toolkit.place_ids)}
    places = np.array([row_of[name] for name in built.water.file.junctions], np.int64)
    water = WaterSupply(
        toolkit,
        services.states,
        zones=zones,
        pumps=pumps,
        tanks=tanks,
        places=places,
        ids=built.assets.ids,
    )
    supplies: list[Supply] = [water]
    if spec.contamination is not None:
        with about("infrastructure.water.contamination.at"):
            node = _node(spec.contamination, toolkit.place_ids)
        supplies.append(
            Contamination(
                toolkit,
                built.assets,
                zones=zones,
                places=places,
                node=node,
                kg_s=float(spec.contamination.kg_per_hour) / 3600.0,
                start_us=round(float(spec.contamination.start) * US_PER_S),
                end_us=_end_us(spec.contamination),
                limit_mg_l=float(spec.contamination.limit),
            )
        )
    return supplies


class RunWater(ToolkitWater):
    """The network of a run, from the text that its scenario holds."""

    def __init__(self, held: HeldFiles, spec: Water, *, start_s: int) -> None:
        self._disk = WaterFileOnDisk(held)
        super().__init__(
            self._disk.path,
            law=DemandLaw(required_m=float(spec.required_pressure)),
            start_s=start_s,
            has_tracer=spec.contamination is not None,
            name=held.name,
        )


def _node(spec: ContaminationSpec, known: tuple[str, ...]) -> int:
    if spec.at not in known:
        near = nearest_name(spec.at, known)
        hint = f"did you mean '{near}'?" if near else f"one of {', '.join(known[:10])}, ..."
        raise InvalidInputError(f"the network has no node '{spec.at}'", hint=hint)
    return known.index(spec.at)


def _end_us(spec: ContaminationSpec) -> int | None:
    return None if spec.lasts is None else round((float(spec.start) + float(spec.lasts)) * US_PER_S)
