"""What would change the answer: more runs, another measure to decide by, another group, other parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from impetus_sim.analysis.metrics import COMPARED_METRICS
from impetus_sim.planning.comparison.answer import format_share
from impetus_sim.report.brief.content import Block, Bullets, Cell, Item, Paragraph, Row, Section, Table
from impetus_sim.report.brief.factors import say_factors
from impetus_sim.report.brief.option_tables import name_option
from impetus_sim.report.study_content import OptionContent, StudyContent
from impetus_sim.report.tables import format_difference, format_interval, judge

MOST_RUNS: Final = 10_000
"""More runs than this are called out of reach."""


def say_what_would_change(content: StudyContent, sensitivity: Mapping[str, Any] | None = None) -> Section:
    """Return the section; `sensitivity` is the document of an experiment (``experiment.json``)."""
    items = [*_say_runs(content), *_say_groups(content)]
    blocks: list[Block] = [Bullets(items=tuple(items))] if items else []
    table = _rank_by_measure(content)
    if table is not None:
        blocks.append(table)
    if sensitivity is None:
        blocks.append(
            Paragraph(
                text="Not varied here: what the scenario assumes (how many people, how fast they react and walk). "
                "An experiment varies it: impetus experiment, then impetus report with --sensitivity.",
                tone="small",
            )
        )
    else:
        blocks += say_factors(sensitivity)
    return Section(key="change", title="What would change the answer", blocks=tuple(blocks))


def _say_runs(content: StudyContent) -> list[Item]:
    items = []
    for option in content.compared[1:]:
        entry = option.metrics.get(content.primary)
        difference = entry.get("difference") if entry else None
        if entry is None or not difference or difference.get("is_identical") or difference.get("low") is None:
            continue
        n, mean, half = difference["n"], abs(difference["mean"]), difference["half_width"]
        interval = format_interval(entry, difference)
        if difference.get("is_distinguishable"):
            share = 100.0 * (1.0 - half / mean) if mean > half else 0.0
            text = (
                f"on {entry['label']} the interval from {n} paired runs ({interval}) lies on one side of zero; an "
                f"error of model or map would have to be as large as {share:.0f} % of the difference to undo it."
            )
        else:
            needed = math.ceil(n * (half / mean) ** 2) if mean > 0.0 else math.inf
            more = (
                f"about {needed} paired runs instead of {n} would tell it from zero, if the true difference were "
                "the mean found here"
                if needed <= MOST_RUNS
                else "more runs are unlikely to tell it from zero"
            )
            text = f"on {entry['label']} the interval from {n} paired runs ({interval}) holds zero; {more}."
        items.append(Item(lead=f"{option.title}:", text=text))
    return items


def _say_groups(content: StudyContent) -> list[Item]:
    """Name the groups that the best option leaves worse off on the measure to decide by."""
    best = content.find_best()
    if best is content.base or not content.groups:
        return []
    worse = []
    for group, options in content.groups.items():
        entry = options.get(best.name, {}).get(content.primary)
        if entry is not None and judge(entry) == "worse":
            interval = format_interval(entry, entry["difference"])
            worse.append(f"{_name_group(group)} ({format_difference(entry)}, {interval})")
    label = content.base.metrics[content.primary]["label"]
    if not worse:
        text = f"on {label}, no group is seen to be worse off with it than in the baseline."
    else:
        text = f"on {label}, worse off with it than in the baseline: {'; '.join(worse)}."
    return [Item(lead=f"{best.title}, by group:", text=text)]


def _name_group(group: str) -> str:
    return group.partition("=")[2].replace("_", " ") or group


def _rank_by_measure(content: StudyContent) -> Table | None:
    rows = []
    for name in dict.fromkeys((content.primary, *COMPARED_METRICS)):
        means = {option.metrics[name]["mean"] for option in content.compared if name in option.metrics}
        if len(means) > 1:  # where all options are alike, none is best
            rows.append(_rank_row(content, _best_by(content, name), name))
    if not rows:
        return None
    return Table(
        caption="The best option by each measure",
        note="a choice by another measure may come out otherwise",
        columns=("decide by", "best on average", "against the baseline", "chance of being best"),
        rows=tuple(rows),
    )


def _best_by(content: StudyContent, name: str) -> OptionContent:
    options = [option for option in content.compared if name in option.metrics]
    sign = -1.0 if content.base.metrics[name]["better"] == "higher" else 1.0
    return min(options, key=lambda option: sign * option.metrics[name]["mean"])


def _rank_row(content: StudyContent, best: OptionContent, name: str) -> Row:
    entry = best.metrics[name]
    label = str(entry["label"])
    chance = entry.get("probability_best")
    is_base = best is content.base
    interval = "" if is_base else format_interval(entry, entry.get("difference"))
    return Row(
        head=Cell(text=label[:1].upper() + label[1:]),
        cells=(
            Cell(text=name_option(best, content)),
            Cell(text="it is the baseline")
            if is_base
            else Cell(
                text=format_difference(entry), small=(interval,) if interval else (), verdict=judge(entry)
            ),
            Cell(text="\N{EN DASH}" if chance is None else format_share(chance)),
        ),
    )
