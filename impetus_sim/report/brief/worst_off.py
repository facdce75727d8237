"""Who is worst off in a study: measures by group of people in every option."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impetus_sim.planning.comparison.worst_off import describe_worst_off
from impetus_sim.report.brief.content import Block, Cell, Paragraph, Row, Section, Table
from impetus_sim.report.brief.option_tables import name_option
from impetus_sim.report.study_content import StudyContent
from impetus_sim.report.tables import GROUP_METRICS, build_group_rows


def say_who_is_worst_off(content: StudyContent, document: Mapping[str, Any]) -> Section:
    """Return the section.

    Parameters
    ----------
    content
        Of the study.
    document
        Of its comparison: ``worst_off``, where it has it, names the group that is worst off by metric and option.
    """
    recommended = next(
        (option for option in content.options if option.name == document.get("recommended")), content.base
    )
    title = "the baseline" if recommended is content.base else recommended.title
    told = describe_worst_off(document.get("worst_off") or (), content.primary, title=title)
    tables: list[Block] = []
    for metric in GROUP_METRICS:
        rows = build_group_rows(content, metric)
        if not rows:
            continue
        label = _label(content, metric)
        worst = next((row.name for row in rows if row.is_worst), "")
        if worst and not tables and not told:
            tables.append(
                Paragraph(
                    text=f"In the baseline, {label} is worst for: {worst}. An option that helps on average may "
                    "still leave them behind: compare the rows."
                )
            )
        tables.append(
            Table(
                caption=f"{label[:1].upper()}{label[1:]}",
                note="by profile, mean and interval",
                columns=("profile", *(name_option(option, content) for option in content.compared)),
                rows=tuple(
                    Row(
                        head=Cell(text=row.name, small=("worst off",) if row.is_worst else ()),
                        cells=tuple(
                            Cell(text=mean, small=(interval,) if interval else ())
                            for mean, interval in row.cells
                        ),
                    )
                    for row in rows
                ),
            )
        )
    blocks: list[Block] = [Paragraph(text=sentence) for sentence in told] + tables
    if not blocks:
        text = "The results of this study were not kept by group, so it cannot say who is worst off."
        blocks = [Paragraph(text=text)]
    return Section(key="groups", title="Who is worst off", blocks=tuple(blocks))


def _label(content: StudyContent, metric: str) -> str:
    for group in content.groups.values():
        entry = group.get(content.base.name, {}).get(metric)
        if entry is not None:
            return str(entry["label"])
    return metric.replace("_", " ")
