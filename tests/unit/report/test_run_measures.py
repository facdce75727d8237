"""Measures of a run as rows: notes in their column, exits in a table of their own."""

from __future__ import annotations

from impetus_sim.analysis.metric import Metric
from impetus_sim.report.run_measures import describe_measures


def flows(exit_name, highest, mean):
    return [
        Metric(
            name=f"flow.{exit_name}", value=highest, unit="people/s", label="highest flow", note="over 10 s"
        ),
        Metric(
            name=f"mean_flow.{exit_name}", value=mean, unit="people/s", note="fewer than 20 people used it"
        ),
        Metric(name=f"specific_flow.{exit_name}", value=mean, unit="people/(m·s)"),
    ]


def test_exits_have_a_table_and_those_nobody_used_are_named():
    found = describe_measures(
        [*flows("north", 1.2, 0.5), *flows("south", 0.3, None), *flows("gate", 0.0, None)]
    )
    assert found.rows == ()
    assert [(row.name, len(row.flows)) for row in found.exits] == [("north", 3), ("south", 3)]
    assert found.exits[1].flows[1:] == ("\N{EN DASH}", "\N{EN DASH}")
    assert found.unused == ("gate",)


def test_a_censored_value_says_why_in_its_note():
    metric = Metric(
        name="total_delay", value=52.8, unit="vehicle-h", label="delay", is_censored=True, note="76 left"
    )
    row = describe_measures([metric]).rows[0]
    assert (row.value, row.note) == ("> 52.8 vehicle-h", "76 left")
    undefined = Metric(name="egress", value=None, unit="s", label="egress", note="nobody left")
    assert describe_measures([undefined]).rows[0].value == "not defined"
