"""Templates of control networks: nodes, steps, effects and defences, read from a file with its sources.

The file that comes with the package is `data/control_network.yaml`; a scenario may name its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from impetus_sim.cyber.attack_graph import Duration, Notice
from impetus_sim.cyber.kernels.draw import CONSTANT, EXPONENTIAL, GAMMA, LOGNORMAL, UNIFORM
from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.scenario.parse import parse_file
from impetus_sim.scenario.problems import to_problems
from impetus_sim.scenario.quantities import FixedNumber, FixedShare, limits
from impetus_sim.scenario.spec import Spec, none_is_empty, refuse
from impetus_sim.scenario.tree import plain
from impetus_sim.units import parse_quantity
from impetus_sim.world.assets import ASSET_KINDS, Order

OUTSIDE = "outside"
"""The zone from which attackers come who are not inside yet."""
ENTERED = "zone.entered"
ENGINEERING = "engineering_station"
HELD_HOST, HELD_DEVICE = "foothold", "commanded"
"""The steps with which a node is in the attacker's hand."""
_OF_OTHERS = {"server.controlled", "engineering.controlled"}
_DATA = Path(__file__).parent / "data"
_FORMS: Mapping[str, tuple[int, str, str]] = {
    "constant": (CONSTANT, "time", ""),
    "exponential": (EXPONENTIAL, "mean", ""),
    "lognormal": (LOGNORMAL, "median", "sigma"),
    "gamma": (GAMMA, "shape", "scale"),
    "uniform": (UNIFORM, "low", "high"),
}
Model = TypeVar("Model", bound=Spec)
_PLAIN_NUMBERS = ("sigma", "shape")


def _duration(raw: Any) -> Duration:
    if isinstance(raw, Duration):
        return raw
    allowed = "{exponential: {mean: 4 h}}, {lognormal: {median: 4 h, sigma: 1}}, gamma, uniform, or a time"
    try:
        if isinstance(raw, str | int | float) and not isinstance(raw, bool):
            return Duration(a=parse_quantity(raw, "time"))
        if isinstance(raw, dict) and len(raw) == 1 and next(iter(raw)) in _FORMS:
            form, given = next(iter(raw.items()))
            kind, *names = _FORMS[form]
            wanted = [name for name in names if name]
            if isinstance(given, dict) and set(given) == set(wanted):
                read = [parse_quantity(given[n], "number" if n in _PLAIN_NUMBERS else "time") for n in wanted]
                return Duration(kind=kind, a=read[0], b=read[1] if len(read) > 1 else 0.0)
            refuse(f"{form} takes {' and '.join(wanted)}", allowed=allowed)
    except InvalidInputError as error:
        refuse(error.message, allowed=allowed)
    refuse(f"'{str(raw)[:60]}' is not the distribution of a time", allowed=allowed)


Time = Annotated[Any, BeforeValidator(_duration)]


class NoticeSpec(Spec):
    """How an attempt is noticed: with what chance, and how long after its beginning."""

    chance: FixedShare = 0.0
    after: Time = Duration()

    def made(self) -> Notice:
        """Return it as steps hold it."""
        return Notice(chance=self.chance, after=self.after)


class StepSpec(Spec):
    """A step on a node; `from` names steps of the same node or of those above it."""

    needs_all: bool = False
    from_: tuple[str, ...] = Field(alias="from")
    technique: str = ""
    takes: Time = Duration()
    exists: FixedShare = 1.0
    notice: NoticeSpec = NoticeSpec()


class ConduitSpec(Spec):
    """A way from one zone to another."""

    from_: str = Field(alias="from")
    to: str
    technique: str = ""
    takes: Time = Duration()
    exists: FixedShare = 1.0
    notice: NoticeSpec = NoticeSpec()


class CentreNode(Spec):
    """A node of a control centre, in a zone."""

    zone: str


class DeviceSpec(Spec):
    """What commands an asset of one kind: the device beside it and the server over that."""

    device: str
    server: str
    effects: str


class EffectSpec(Spec):
    """What is left of an asset: an order and its value; whether its service is lost, and only after its own buffer.

    The latter is a loss of what fills it: a tank that is told to be full is not filled any more.
    """

    from_: str = Field(alias="from")
    order: str
    value: FixedNumber
    technique: str
    loses: bool
    after_buffer: bool = False

    @model_validator(mode="after")
    def _check(self) -> EffectSpec:
        allowed = ("level", "reading", "view", "control", "mode")
        if self.order not in allowed:
            refuse(f"an attack cannot order '{self.order}'", key="order", allowed=", ".join(allowed))
        return self

    @property
    def order_kind(self) -> Order:
        """The order about the asset."""
        return Order[self.order.upper()]


class DefenceSpec(Spec):
    """What a defence changes: chances and times of steps are multiplied, notices are at least as given."""

    title: str
    basis: str
    conduits: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    exists: FixedShare = 1.0
    takes: Annotated[FixedNumber, limits(low=1.0)] = 1.0
    notice: NoticeSpec | None = None
    restore: FixedShare = 1.0


class ControlTemplate(Spec):
    """A whole template; see `data/control_network.yaml`."""

    sources: dict[str, str]
    zones: dict[str, str]
    conduits: dict[str, ConduitSpec]
    centre: dict[str, CentreNode]
    devices: dict[str, DeviceSpec]
    host_steps: dict[str, StepSpec]
    device_steps: dict[str, StepSpec]
    effects: dict[str, dict[str, EffectSpec]]
    effect_time: Time
    loss_notice: NoticeSpec
    hidden_notice: NoticeSpec
    defences: Annotated[dict[str, DefenceSpec], BeforeValidator(none_is_empty)]

    @model_validator(mode="after")
    def _check(self) -> ControlTemplate:
        _check_zones(self)
        for section, steps, others in (
            ("host_steps", self.host_steps, set()),
            ("device_steps", self.device_steps, _OF_OTHERS),
        ):
            for name, step in steps.items():
                for parent in step.from_:
                    _known(parent, {*steps, ENTERED, *others}, f"{section}.{name}.from")
        for section, steps, needed in (
            ("host_steps", self.host_steps, ("reached", HELD_HOST, "controlled")),
            ("device_steps", self.device_steps, ("reached", "foothold", HELD_DEVICE)),
        ):
            for name in needed:
                if name not in steps:
                    refuse(f"there is no step '{name}'", key=section)
        for kind, device in self.devices.items():
            _known(kind, set(ASSET_KINDS), "devices")
            _known(device.server, set(self.centre), f"devices.{kind}.server")
            _known(device.effects, set(self.effects), f"devices.{kind}.effects")
        for group, effects in self.effects.items():
            steps = self.host_steps if group == "control_centre" else self.device_steps
            for name, effect in effects.items():
                _known(effect.from_, set(steps), f"effects.{group}.{name}.from")
        _check_techniques(self)
        _check_defences(self)
        return self


def _known(name: str, names: set[str], key: str) -> None:
    if name not in names:
        refuse(f"'{name}' is not there", key=key, allowed=", ".join(sorted(names)))


def _check_zones(template: ControlTemplate) -> None:
    zones = set(template.zones)
    for name, conduit in template.conduits.items():
        _known(conduit.from_, zones | {OUTSIDE}, f"conduits.{name}.from")
        _known(conduit.to, zones, f"conduits.{name}.to")
    for name, node in template.centre.items():
        _known(node.zone, zones, f"centre.{name}.zone")
    _known(ENGINEERING, set(template.centre), "centre")
    _known("field", zones, "zones")


def _check_techniques(template: ControlTemplate) -> None:
    known = set(read_techniques().names)
    named: list[tuple[str, str]] = [(f"conduits.{k}", c.technique) for k, c in template.conduits.items()]
    for section, steps in (("host_steps", template.host_steps), ("device_steps", template.device_steps)):
        named += [(f"{section}.{name}", step.technique) for name, step in steps.items()]
    for group, effects in template.effects.items():
        named += [(f"effects.{group}.{name}", effect.technique) for name, effect in effects.items()]
    for key, technique in named:
        if technique:
            _known(technique, known, f"{key}.technique")


def _check_defences(template: ControlTemplate) -> None:
    steps = {f"host.{name}" for name in template.host_steps}
    steps |= {f"device.{name}" for name in template.device_steps}
    for name, defence in template.defences.items():
        for conduit in defence.conduits:
            _known(conduit, set(template.conduits), f"defences.{name}.conduits")
        for step in defence.steps:
            _known(step, steps, f"defences.{name}.steps")


class Techniques(Spec):
    """Names of ATT&CK for ICS techniques, of one pinned release."""

    source: str
    release: str
    released: str
    licence: str
    note: str
    names: dict[str, str] = Field(alias="techniques")


def read_template(path: Path | None = None) -> ControlTemplate:
    """Read a template; the one that comes with the package when no file is given.

    Raises
    ------
    InvalidFilesError
        With every fault of the file, each with its line.
    """
    return _own_template() if path is None else _read(path, ControlTemplate)


@cache
def _own_template() -> ControlTemplate:
    return _read(_DATA / "control_network.yaml", ControlTemplate)


@cache
def read_techniques() -> Techniques:
    """Return the names of techniques, and of which release they are."""
    return _read(_DATA / "attack_ics.yaml", Techniques)


def _read(path: Path, model: type[Model]) -> Model:
    node, problems = parse_file(path, name=str(path))
    if node is None or problems:
        raise InvalidFilesError(problems)
    try:
        return model.model_validate(plain(node))
    except ValidationError as error:
        raise InvalidFilesError([problem for _, _, problem in to_problems(error, node, model)]) from error
