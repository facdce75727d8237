"""From a control network and its template to an attack graph, with the defences that are in place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from impetus_sim.cyber.attack_graph import AttackGraph, Effect, Notice, Step, join
from impetus_sim.cyber.control_network import FIELD, ControlNetwork, Node
from impetus_sim.cyber.service_loss import loss_steps
from impetus_sim.cyber.template import ENTERED, OUTSIDE, ControlTemplate, DefenceSpec, StepSpec
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.assets import Assets

Edges = list[tuple[str, str]]


def build_attack_graph(
    network: ControlNetwork,
    template: ControlTemplate,
    assets: Assets,
    *,
    defences: Collection[str] = (),
    with_losses: bool = False,
) -> AttackGraph:
    """Build the attack graph of a control network.

    Parameters
    ----------
    defences
        Names of those in place, of the template.
    with_losses
        Also steps for the services that are lost with an asset, after their buffers (`service_loss`).

    Raises
    ------
    InvalidInputError
        When the template has no such defence.
    """
    for name in defences:
        if name not in template.defences:
            raise InvalidInputError(
                f"there is no defence '{name}'", hint=f"one of {', '.join(template.defences)}"
            )
    builder = _Builder(network, template, assets, [template.defences[n] for n in sorted(set(defences))])
    builder.add_zones()
    for row, node in enumerate(network.nodes):
        builder.add_node(row, node)
    if with_losses:
        steps, edges = loss_steps(assets, builder.steps)
        builder.steps += steps
        builder.edges += edges
    return join(builder.steps, builder.edges)


@dataclass
class _Builder:
    network: ControlNetwork
    template: ControlTemplate
    assets: Assets
    defences: list[DefenceSpec]

    def __post_init__(self) -> None:
        self.steps: list[Step] = [Step(id=OUTSIDE)]
        self.edges: Edges = []

    def add_zones(self) -> None:
        """Add, for each zone, that it is entered and that it is held, and the conduits between them."""
        alone = [zone for node in self.network.nodes for zone in node.zones if zone == f"{node.id}.{FIELD}"]
        centres = [self.assets.ids[row] for row in self.network.centres]
        for zone in [*(f"{centre}.{zone}" for centre in centres for zone in self.template.zones), *alone]:
            self.steps += [Step(id=f"{zone}.entered", zone=zone), Step(id=f"{zone}.held", zone=zone)]
            self.edges.append((f"{zone}.held", f"{zone}.entered"))
        for centre in centres:
            for name, conduit in self.template.conduits.items():
                step = Step(
                    id=f"{centre}.{name}",
                    zone=f"{centre}.{conduit.to}",
                    technique=conduit.technique,
                    takes=conduit.takes,
                    exists=conduit.exists,
                    notice=conduit.notice.made(),
                )
                self.steps.append(self._defended(step, [d for d in self.defences if name in d.conduits]))
                source = OUTSIDE if conduit.from_ == OUTSIDE else f"{centre}.{conduit.from_}.held"
                self.edges += [(source, step.id), (step.id, f"{centre}.{conduit.to}.entered")]

    def add_node(self, row: int, node: Node) -> None:
        """Add the steps of a node, and the effects on the assets that it commands."""
        group = "host" if node.is_host else "device"
        for name, spec in (self.template.host_steps if node.is_host else self.template.device_steps).items():
            step = Step(
                id=f"{node.id}.{name}",
                needs_all=spec.needs_all,
                technique=spec.technique,
                takes=spec.takes,
                exists=spec.exists,
                notice=spec.notice.made(),
                owner=row,
                zone=node.zones[0],
            )
            changed = [d for d in self.defences if f"{group}.{name}" in d.steps]
            self.steps.append(self._defended(step, changed))
            self.edges += [(parent, step.id) for parent in self._parents(node, spec)]
        self.edges += [(f"{node.id}.foothold", f"{zone}.held") for zone in node.zones]
        for asset in node.commands:
            self._add_effects(row, node, asset)

    def _add_effects(self, row: int, node: Node, asset: int) -> None:
        kind = self.assets.kinds[asset]
        group = kind if node.is_host else self.template.devices[kind].effects
        for name, spec in self.template.effects.get(group, {}).items():
            is_felt = spec.loses and not spec.after_buffer
            step = Step(
                id=f"{node.id}.{name}.{self.assets.ids[asset]}",
                technique=spec.technique,
                takes=self.template.effect_time,
                notice=(self.template.loss_notice if is_felt else self.template.hidden_notice).made(),
                owner=row,
                zone=node.zones[0],
                target=asset,
                effect=Effect(
                    name=name,
                    order=int(spec.order_kind),
                    value=spec.value,
                    loses=spec.loses,
                    after_buffer=spec.after_buffer,
                ),
            )
            self.steps.append(step)
            self.edges.append((f"{node.id}.{spec.from_}", step.id))

    def _parents(self, node: Node, spec: StepSpec) -> Iterator[str]:
        for name in spec.from_:
            if name == ENTERED:
                yield from (f"{zone}.entered" for zone in node.zones)
            elif name == "server.controlled":
                yield from (f"{server}.controlled" for server in node.servers)
            elif name == "engineering.controlled":
                yield from (f"{station}.controlled" for station in node.stations)
            else:
                yield f"{node.id}.{name}"

    def _defended(self, step: Step, defences: list[DefenceSpec]) -> Step:
        for defence in defences:
            step = replace(step, exists=step.exists * defence.exists, takes=step.takes.times(defence.takes))
            if defence.notice is not None and defence.notice.chance > step.notice.chance:
                step = replace(step, notice=Notice(chance=defence.notice.chance, after=defence.notice.after))
        return step
