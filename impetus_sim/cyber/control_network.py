"""The control network of a city as nodes in zones: what stands in control centres, and what commands each asset.

It follows from the assets alone: who commands whom is their need of `Service.CONTROL`. A controller is the device
of the asset that needs it; an asset that needs a control centre itself carries its own device. Every centre has the
zones of the template, and its devices share its field network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from impetus_sim.cyber.template import ControlTemplate
from impetus_sim.world.assets import Assets, Service

CENTRE, CONTROLLER = "control_centre", "controller"
FIELD = "field"


@dataclass(frozen=True, kw_only=True)
class Node:
    """One machine of the control network.

    Parameters
    ----------
    id
        Unique: ``centre.workstation``, or the id of the controller or asset that a device stands at.
    kind
        Of the template: workstation, scada_server, rtu, signal_controller, ...
    zones
        Ids of the zones it stands in, ``centre.field``; several for a device of several centres.
    is_host
        Whether it has the steps of hosts, else those of devices.
    asset
        Row of the asset it stands at.
    servers
        Ids of the servers that command a device.
    stations
        Ids of the engineering stations that can change a device's program.
    commands
        Rows of the assets that it commands; for a server, the centre that works with it.
    """

    id: str
    kind: str
    zones: tuple[str, ...]
    is_host: bool
    asset: int
    servers: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    commands: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ControlNetwork:
    """All nodes, sorted by id, and the centres (rows of assets) whose zones there are."""

    nodes: tuple[Node, ...]
    centres: tuple[int, ...]

    def matching(self, pattern: str) -> list[int]:
        """Return the rows of nodes whose id fits a pattern (``*`` and ``?``)."""
        return [row for row, node in enumerate(self.nodes) if fnmatchcase(node.id, pattern)]


def build_control_network(assets: Assets, template: ControlTemplate) -> ControlNetwork:
    """Build the control network of assets.

    Parameters
    ----------
    assets
        With their needs.
    template
        Which nodes there are.
    """
    devices = list(_devices(assets, template))
    used = {server for device in devices for server in device.servers}
    servers = {device.server for device in template.devices.values()}
    centres = [int(row) for row in assets.of_kind(CENTRE)]
    hosts = [
        Node(
            id=f"{assets.ids[centre]}.{kind}",
            kind=kind,
            zones=(f"{assets.ids[centre]}.{node.zone}",),
            is_host=True,
            asset=centre,
            commands=(centre,) if kind in servers else (),
        )
        for centre in centres
        for kind, node in template.centre.items()
        if kind not in servers or f"{assets.ids[centre]}.{kind}" in used
    ]
    return ControlNetwork(
        nodes=tuple(sorted([*hosts, *devices], key=lambda node: node.id)), centres=tuple(centres)
    )


def _devices(assets: Assets, template: ControlTemplate) -> Iterator[Node]:
    commanders = _commanders(assets)
    commanded: dict[int, list[int]] = {}
    for row, kind in enumerate(assets.kinds):
        if kind not in template.devices:
            continue
        controllers = [p for p in commanders.get(row, ()) if assets.kinds[p] == CONTROLLER]
        for stands_at in controllers or [row]:
            commanded.setdefault(stands_at, []).append(row)
    for stands_at, rows in commanded.items():
        spec = template.devices[assets.kinds[rows[0]]]
        centres = [assets.ids[p] for p in commanders.get(stands_at, ()) if assets.kinds[p] == CENTRE]
        yield Node(
            id=assets.ids[stands_at],
            kind=spec.device,
            zones=tuple(f"{centre}.{FIELD}" for centre in centres or [assets.ids[stands_at]]),
            is_host=False,
            asset=stands_at,
            servers=tuple(f"{centre}.{spec.server}" for centre in centres),
            stations=tuple(f"{centre}.engineering_station" for centre in centres),
            commands=tuple(rows),
        )


def _commanders(assets: Assets) -> dict[int, list[int]]:
    needs = assets.needs
    found: dict[int, list[int]] = {}
    for k in np.flatnonzero(needs.service == Service.CONTROL):
        found.setdefault(int(needs.consumer[k]), []).append(int(needs.provider[k]))
    return {consumer: sorted(set(providers)) for consumer, providers in found.items()}
