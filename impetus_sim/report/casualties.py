"""Rows of the table of casualties: ranges under the name of the law that gave them."""

from __future__ import annotations

from dataclasses import dataclass

from impetus_sim import registry
from impetus_sim.analysis.harm import read_harm
from impetus_sim.analysis.metric import format_number
from impetus_sim.recording.reader import Recording
from impetus_sim.report.study_content import StudyContent

_PREFIX = "casualties."


@dataclass(frozen=True, kw_only=True)
class CasualtyRow:
    """One law and option; numbers as texts."""

    law: str
    option: str
    low: str
    central: str
    high: str
    caution: str


def describe_run_casualties(recording: Recording) -> list[CasualtyRow]:
    """Return one row per law of a run; empty when it did not follow harm."""
    harm = read_harm(recording)
    return [
        CasualtyRow(
            law=found.law,
            option="this run",
            low=format_number(found.low),
            central=format_number(found.central),
            high=format_number(found.high),
            caution=found.caution,
        )
        for found in (harm.ranges if harm is not None else ())
    ]


def describe_study_casualties(content: StudyContent) -> list[CasualtyRow]:
    """Return one row per law and option of a study: means over the runs."""
    cautions = {kind: str(law.caution) for kind, law in registry.catalogue("harm_laws").items()}
    rows = []
    for name in content.metric_names:
        if not name.startswith(_PREFIX):
            continue
        law = name.removeprefix(_PREFIX)
        for option in content.compared:
            estimates = [option.metrics.get(f"casualties{part}.{law}") for part in ("_low", "", "_high")]
            low, central, high = (format_number(e["mean"]) if e else "not known" for e in estimates)
            rows.append(
                CasualtyRow(
                    law=law,
                    option="Baseline" if option is content.base else option.title,
                    low=low,
                    central=central,
                    high=high,
                    caution=cautions.get(law, "see the scenario's section crowd.harm.laws"),
                )
            )
    return rows
