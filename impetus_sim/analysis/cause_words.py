"""Steps of a causal graph in words: one line each, for the command line and for pictures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from impetus_sim.analysis.cause_graph import CauseGraph, Link, Step
from impetus_sim.analysis.causes import count_people
from impetus_sim.analysis.metric import format_number

_NUMBERS: Final = re.compile(r"(_\d+)+(\..*)?$")
_MOST_NAMES: Final = 3
_UNITS: Final = (
    ("_mg_m3", "mg/m³"),
    ("_m_s", "m/s"),
    ("_m2", "m²"),
    ("_kg", "kg"),
    ("_kw", "kW"),
    ("_mw", "MW"),
    ("_kpa", "kPa"),
    ("_h", "h"),
    ("_m", "m"),
    ("_s", "s"),
)
"""Endings of names and the units that they stand for, longer endings first."""


def describe_data(data: Mapping[str, Any]) -> str:
    """Return what an event knows more, with units read from the names: ``heard within 45 m, shots 3``."""
    return ", ".join(_describe_item(name, value) for name, value in data.items())


def _describe_item(name: str, value: Any) -> str:
    ending, unit = next(((e, u) for e, u in _UNITS if name.endswith(e)), ("", ""))
    words = name.removesuffix(ending).replace("_", " ")
    if isinstance(value, float):
        value = format_number(value)
    elif isinstance(value, str):
        value = value.replace("_", " ")
    return f"{words} {value} {unit}".rstrip()


def describe_subjects(subjects: tuple[str, ...]) -> str:
    """Return names, or how many there are of each sort: ``signal_4`` or ``14 signal, 2 cell``."""
    if len(subjects) <= _MOST_NAMES:
        return ", ".join(subjects)
    sorts = Counter(_NUMBERS.sub("", subject).split(".")[0] for subject in subjects).most_common()
    named = [f"{count} {sort}" if count > 1 else sort for sort, count in sorts[:_MOST_NAMES]]
    rest = sum(count for _, count in sorts[_MOST_NAMES:])
    return ", ".join([*named, f"{rest} others"] if rest else named)


def describe_step(step: Step) -> str:
    """Return what happened, to whom, how often and until when, and to how many people."""
    text = step.kind.replace("_", " ")
    if step.subjects:
        text += f": {describe_subjects(step.subjects)}"
    if step.n_events > 1:
        until = f", until {step.last_s:.1f} s" if step.last_s > step.first_s else ""
        text += f" ({step.n_events} times{until})"
    told = [count_people(step.people)] if step.people else []
    told += [f"{count_people(step.n_aware)} aware"] if step.n_aware else []
    return f"{text} -> {', '.join(told)}" if told else text


def describe_link(link: Link, *, number: int) -> str:
    """Return from which step it came and after how long; `number` is the cause as it is printed."""
    if link.median_delay_s == link.least_delay_s:
        return f"[{number}] +{link.least_delay_s:.1f} s"
    return f"[{number}] +{link.least_delay_s:.1f} s, half after {link.median_delay_s:.1f} s"


def format_cause_graph(graph: CauseGraph) -> list[str]:
    """Return the graph as lines, one a step, each with the steps that it came from."""
    lines = []
    for k, step in enumerate(graph.steps):
        causes = [describe_link(link, number=link.cause + 1) for link in graph.causes_of(k)]
        origin = f"  <- {'; '.join(causes)}" if causes else ""
        mark = "!" if step.is_harm else " "
        lines.append(f"{mark}[{k + 1:>2}] {step.first_s:8.1f} s  {describe_step(step)}{origin}")
    return lines
