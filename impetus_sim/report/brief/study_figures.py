"""Figures of a study's brief: paired differences, curves with bands, the densest places of two options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impetus_sim.analysis.run_curves import PEOPLE_OUT
from impetus_sim.report import style
from impetus_sim.report.band_picture import plot_bands
from impetus_sim.report.brief.content import Figure
from impetus_sim.report.brief.figures import encode
from impetus_sim.report.brief.option_tables import name_option
from impetus_sim.report.comparison_picture import (
    choose_pair,
    plot_curves,
    plot_density_pair,
    plot_differences,
)
from impetus_sim.report.study_content import OptionContent, StudyContent
from impetus_sim.report.tables import format_difference, format_interval, format_mean


def draw_differences(content: StudyContent) -> list[Figure]:
    """Return the figure of paired differences on the measure to decide by; none for one option alone."""
    if len(content.compared) < 2:
        return []
    label = content.base.metrics[content.primary]["label"]
    told = []
    for option in content.compared[1:]:
        entry = option.metrics.get(content.primary)
        if entry is not None:
            interval = format_interval(entry, entry["difference"])
            told.append(
                f"{option.title}: {format_difference(entry)}" + (f" ({interval})" if interval else "")
            )
    with style.page_style():
        figure = encode(
            plot_differences(content),
            alt=f"Paired differences in {label} from the baseline. {'; '.join(told)}.",
            caption=f"Difference of each option from the baseline in {label}. The dot is the mean over "
            f"{content.replicates} paired runs, the bar its {100 * content.confidence:g} % interval; where a bar "
            "crosses the line, these runs do not tell the two apart.",
        )
    return [figure]


def draw_courses(content: StudyContent, *, credit: str) -> list[Figure]:
    """Return curves with bands over runs, and from kept recordings maps of the densest places."""
    titles = {option.name: name_option(option, content) for option in content.compared}
    figures = []
    with style.page_style():
        if choose_pair(content):
            figures.append(_draw_densities(content, credit))
        for name, curve in content.curves.items():
            figures.append(_draw_band(name, curve, titles))
        if PEOPLE_OUT not in content.curves and choose_pair(content):
            figures.append(_draw_first_runs(content))
    return figures


def _draw_band(name: str, curve: Mapping[str, Any], titles: Mapping[str, str]) -> Figure:
    n_runs = min(option["runs"] for option in curve["options"])
    value = "median at the end" if name == PEOPLE_OUT else "median at worst"
    told = "; ".join(
        f"{titles[option['name']]}: {style.format_count(_tell(name, option))}"
        for option in curve["options"]
        if option["name"] in titles
    )
    of = style.format_count(max(option["of"] for option in curve["options"]))
    return encode(
        plot_bands(curve, titles),
        alt=f"{curve['label']} over time in every option, of {of} people; {value}: {told}.",
        caption=f"{curve['label'][:1].upper()}{curve['label'][1:]}, of {of} in all. Line: median over {n_runs} "
        "runs of each option; band: the middle nine in ten of them.",
    )


def _tell(name: str, option: Mapping[str, Any]) -> float:
    return float(option["median"][-1] if name == PEOPLE_OUT else max(option["median"]))


def _draw_densities(content: StudyContent, credit: str) -> Figure:
    pair = choose_pair(content)
    names = " and ".join("the baseline" if option is content.base else option.title for option in pair)
    return encode(
        plot_density_pair(content),
        alt=f"Maps of the highest density in {names}. "
        + " ".join(_say_peak(option, content) for option in pair),
        caption="Highest density at every place in the first run of each option, in the same colours. Where it "
        f"reached {style.DANGER:g} people per m² or more, a black line is drawn around it.",
        credit=credit,
    )


def _say_peak(option: OptionContent, content: StudyContent) -> str:
    entry = option.metrics.get("peak_density")
    return f"{name_option(option, content)}: mean of peak densities {format_mean(entry)}." if entry else ""


def _draw_first_runs(content: StudyContent) -> Figure:
    return encode(
        plot_curves(content),
        alt="People out over time in the first run of each option.",
        caption="People out over time in the first run of each option: the steeper, the faster.",
    )
