"""Models of the Meta Attack Language (MAL) as attack graphs of ours, read once through mal-toolbox (extra ``mal``).

A MAL attack graph is flattened to steps with their times; after that only our kernels run. Times of MAL are days. A
defence is a condition that holds with the chance that it is off, and a requirement (``E``, ``!E``) one that holds
or does not: both are there from the beginning, shared by all steps behind them. As in mal-simulator they bar AND
steps only; they never start a step by themselves.

Source: Johnson, Lagerström and Ekstedt (2018), A Meta Language for Threat Modeling and Attack Simulations, ARES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.cyber.attack_graph import AttackGraph, Duration, Step, join
from impetus_sim.cyber.ensemble import Attack
from impetus_sim.cyber.kernels.draw import EXPONENTIAL, GAMMA, LOGNORMAL, UNIFORM
from impetus_sim.errors import InvalidInputError

DAY_S = 86400.0
_NOBODY = "mal:nobody"
"""A step that is never done: what hangs on conditions alone needs somebody too."""
_NAMED: Mapping[str, tuple[float, float]] = {
    "Zero": (0.0, 1.0),
    "Instant": (0.0, 1.0),
    "Enabled": (0.0, 1.0),
    "Disabled": (0.0, 0.0),
    "Infinity": (0.0, 0.0),
    "EasyAndCertain": (1.0, 1.0),
    "EasyAndUncertain": (0.0, 0.5),
    "HardAndCertain": (10.0, 1.0),
    "HardAndUncertain": (10.0, 0.5),
    "VeryHardAndCertain": (100.0, 1.0),
    "VeryHardAndUncertain": (100.0, 0.5),
}
"""Names of MAL's language: mean of an exponential time, days (0: at once), and the chance that the step exists."""


@dataclass(frozen=True, kw_only=True)
class MalGraph:
    """A flattened MAL attack graph.

    Parameters
    ----------
    graph
        Its steps, by their full names (``asset:step``).
    conditions
        Rows of defences and requirements, which are there from the beginning.
    defences
        Rows of the defences among them.
    """

    graph: AttackGraph
    conditions: npt.NDArray[np.int64]
    defences: npt.NDArray[np.int64]

    def attack(self, name: str, *, entries: Sequence[str], goals: Sequence[str] = ()) -> Attack:
        """Return an attack from steps to steps, by their full names.

        Raises
        ------
        InvalidInputError
            When there is no such step.
        """
        rows = self.graph.rows()
        for step in (*entries, *goals):
            if step not in rows:
                raise InvalidInputError(
                    f"the model has no step '{step}'", hint="its full name, such as 'server 1:access'"
                )
        chosen = [rows[step] for step in entries]
        return Attack(
            name=name,
            entries=np.array([*self.conditions, *chosen], np.int64),
            goals=np.array([rows[step] for step in goals], np.int64),
        )


def read_mal(language: Path, model: Path) -> MalGraph:
    """Read a MAL model.

    Parameters
    ----------
    language
        ``.mar`` archive or ``.mal`` source of the language.
    model
        ``.json`` or ``.yml`` of mal-toolbox.

    Raises
    ------
    InvalidInputError
        When mal-toolbox is not installed, a file cannot be read, or a time is of a kind that we do not sample.
    """
    for path in (language, model):
        if not path.is_file():
            raise InvalidInputError(f"there is no file '{path}'")
    try:
        from maltoolbox.attackgraph import AttackGraph as MalToolboxGraph
        from maltoolbox.language import LanguageGraph
        from maltoolbox.model import Model
    except ImportError as error:
        raise InvalidInputError(
            "MAL models need mal-toolbox", hint="pip install 'impetus_sim[mal]'"
        ) from error
    is_archive = language.suffix == ".mar"
    try:
        read = LanguageGraph.from_mar_archive if is_archive else LanguageGraph.from_mal_spec
        spoken = read(str(language))
        nodes = MalToolboxGraph(spoken, Model.load_from_file(str(model), spoken)).nodes.values()
    except Exception as error:  # mal-toolbox raises whatever its parsers do
        raise InvalidInputError(f"'{model}' in '{language}' cannot be read: {error}") from error
    return flatten(nodes)


def flatten(nodes: Iterable[Any]) -> MalGraph:
    """Flatten the nodes of mal-toolbox's attack graph.

    Raises
    ------
    InvalidInputError
        When a time is of a kind that we do not sample.
    """
    ordered = sorted(nodes, key=lambda node: str(node.full_name))
    steps = [_step(node) for node in ordered]
    needs_all = {node.full_name for node in ordered if node.type == "and"}
    conditions = {node.full_name for node in ordered if node.type not in ("and", "or")}
    edges = [
        (node.full_name, child.full_name)
        for node in ordered
        for child in node.children
        if node.full_name not in conditions or child.full_name in needs_all
    ]
    attacked = {child for parent, child in edges if parent not in conditions}
    alone = sorted({child for parent, child in edges if parent in conditions} - attacked)
    if alone:
        steps.append(Step(id=_NOBODY, exists=0.0))
        edges += [(_NOBODY, child) for child in alone]
    graph = join(steps, edges)
    rows = graph.rows()
    defences = sorted(node.full_name for node in ordered if node.type == "defense")
    return MalGraph(
        graph=graph,
        conditions=np.array([rows[name] for name in sorted(conditions)], np.int64),
        defences=np.array([rows[name] for name in defences], np.int64),
    )


def _step(node: Any) -> Step:
    name = str(node.full_name)
    if node.type in ("and", "or"):
        takes, exists = _time(node.ttc, name) if node.ttc else (Duration(), 1.0)
        return Step(id=name, needs_all=node.type == "and", takes=takes, exists=exists)
    if node.type == "defense":
        on = _time(node.ttc, name)[1] if node.ttc else 0.0
        return Step(id=name, exists=1.0 - on, is_attack=False)
    holds = bool(node.existence_status) == (node.type == "exist")
    return Step(id=name, exists=1.0 if holds else 0.0, is_attack=False)


def _time(ttc: Mapping[str, Any], step: str) -> tuple[Duration, float]:
    """Return the time of a MAL distribution, and the chance that the step exists."""
    if "lhs" in ttc:
        if ttc.get("type") != "multiplication":
            raise _unknown(step, str(ttc.get("type")))
        (one, first), (two, second) = (_time(ttc[side], step) for side in ("lhs", "rhs"))
        if one != Duration() and two != Duration():
            raise _unknown(step, "product of two times")
        return (two if one == Duration() else one), first * second
    name, numbers = str(ttc["name"]), [float(value) for value in ttc.get("arguments", ())]
    if name in _NAMED:
        mean, chance = _NAMED[name]
        return (Duration(kind=EXPONENTIAL, a=mean * DAY_S) if mean else Duration()), chance
    if name == "Bernoulli":
        return Duration(), numbers[0]
    if name not in _READERS:
        raise _unknown(step, name)
    return _READERS[name](*numbers), 1.0


_READERS: Mapping[str, Callable[..., Duration]] = {
    "Exponential": lambda rate: Duration(kind=EXPONENTIAL, a=DAY_S / rate),
    "Gamma": lambda shape, scale: Duration(kind=GAMMA, a=shape, b=scale * DAY_S),
    "LogNormal": lambda mean, sigma: Duration(kind=LOGNORMAL, a=float(np.exp(mean)) * DAY_S, b=sigma),
    "Uniform": lambda low, high: Duration(kind=UNIFORM, a=low * DAY_S, b=high * DAY_S),
}


def _unknown(step: str, what: str) -> InvalidInputError:
    return InvalidInputError(
        f"the time of '{step}' is a {what}, which is not sampled here",
        hint="Bernoulli, Exponential, Gamma, LogNormal, Uniform, a name of MAL's, or Bernoulli times one of them",
    )
