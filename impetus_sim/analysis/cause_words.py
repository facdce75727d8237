"""Steps of a causal graph in words: one line each, for the command line and for pictures."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from impetus_sim.analysis.cause_graph import CauseGraph, Link, Step
from impetus_sim.analysis.causes import count_people

_NUMBERS: Final = re.compile(r"(_\d+)+(\..*)?$")
_MOST_NAMES: Final = 3


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
