"""The brief of an experiment: what was varied, and what moved with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impetus_sim.report.brief.content import Brief, Cell, Command, Paragraph, Row, Section, Table
from impetus_sim.report.brief.factors import say_factors
from impetus_sim.report.brief.grounds import say_assumptions, say_limits, say_sources, say_where
from impetus_sim.report.provenance import Provenance


def build_experiment_brief(document: Mapping[str, Any], provenance: Provenance) -> Brief:
    """Return the brief of an experiment (``experiment.json``), with what is known of its scenario."""
    factors = Table(
        caption="What was varied",
        columns=("factor", "key of the scenario"),
        rows=tuple(
            Row(
                head=Cell(text=factor["label"]),
                cells=(Cell(text=factor["key"] or "a variant", is_code=True),),
            )
            for factor in document["factors"].values()
        ),
    )
    expected = (
        (Paragraph(text=f"Expected before it was run: {document['expected']}"),)
        if document["expected"]
        else ()
    )
    return Brief(
        title=document["title"],
        subtitle="an experiment",
        where=say_where(provenance),
        question=document["question"],
        sections=(
            Section(key="found", title="What was found", blocks=(*expected, *say_factors(document))),
            Section(key="factors", title="What was varied", blocks=(factors,)),
            say_limits(),
            say_assumptions(),
            say_sources(provenance),
            Section(key="repeat", title="How to repeat it", blocks=_say_how_to_repeat(document)),
        ),
    )


def _say_how_to_repeat(document: Mapping[str, Any]) -> tuple[Command | Paragraph, ...]:
    text = (
        f"Seed {document['seed']}, design {document['design']['kind']}; impetus_sim {document['engine_version']}; "
        f"compiled kernels {document['kernel_hash']}."
    )
    return (
        Command(text="impetus experiment EXPERIMENT.yaml -o DIR"),
        Paragraph(text=text, tone="small"),
    )
