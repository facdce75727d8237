"""The page and the table of a plan: whole for one objective, several, and uncertain states."""

from __future__ import annotations

from io import StringIO
from typing import Any

from impetus_sim.cli.plan_table import describe_plan
from impetus_sim.report.plan_picture import plot_plan

BOX = {"text": "fails when people ≥ 9 200: 83 % of the states that fail lie in there"}


def summary(mean: float) -> dict[str, Any]:
    return {"mean": mean, "low": mean - 1.0, "high": mean + 1.0}


def make_document(n_objectives: int) -> dict[str, Any]:
    names = ("egress", "exposed")[:n_objectives]
    sets = []
    for k, name in enumerate(("gate", "warn", "baseline")):
        is_base = name == "baseline"
        objectives = {
            each: {**summary(50.0 + k), "failed": 0, "gain": None if is_base else summary(2.0 - k)}
            for each in names
        }
        sets.append(
            {
                "name": name, "title": "" if is_base else f"Measure {name}",
                "choices": [] if is_base else [{"variant": name, "setting": {}}],
                "cost": 1000.0 * k, "staff": k, "lead_time_s": 30.0, "replicates": 9, "objectives": objectives,
                "gain_per_1000_eur": 2.0 if name == "warn" else None, "is_finalist": True,
                "is_pareto": k == 0, "probability_best": 0.5, "standing": ("best", "as_good", "unclear")[k],
            }
        )  # fmt: skip
    return {
        "title": "Square", "objectives": {name: {"label": name, "unit": "s", "better": "lower"} for name in names},
        "limits": {"budget": 5000.0, "staff": None, "lead_time_s": 60.0}, "search": "every", "has_ranges": True,
        "matters": {"share": 0.02, "value": 1.25},
        "methods": {"ranges": "5 evenly spaced values"}, "sets_looked_at": 3, "runs": 27, "sets": sets,
    }  # fmt: skip


def add_states(document: dict[str, Any]) -> dict[str, Any]:
    tried = [
        {
            "name": row["name"], **summary(60.0), "worst": 90.0, "minimax_regret": 4.0, "satisficing_share": 0.75,
            "failures": {"boxes": [BOX], "note": ""},
        }
        for row in document["sets"]
    ]  # fmt: skip
    rule = {"text": "egress above 70 s"}
    robust = {
        "objective": "egress",
        "states": 32,
        "replicates": 3,
        "left_out": 1,
        "fail_when": rule,
        "sets": tried,
    }
    return document | {"robust": robust}


def read_texts(document: dict[str, Any]) -> str:
    figure = plot_plan(document)
    return " ".join(text.get_text() for text in [*figure.texts, *(t for a in figure.axes for t in a.texts)])


def test_one_objective_is_one_panel_with_what_sets_take():
    document = make_document(1)
    assert len(plot_plan(document).axes) == 1
    told = read_texts(document)
    assert "3 sets of measures in 27 paired runs; at most 5 000 EUR, standing within 1:00 min." in told
    assert "Measure warn" in told


def test_what_is_as_good_as_the_best_is_said_and_shaded():
    document = make_document(1)
    told = read_texts(document)
    assert "As good as the best within 2 % (1.25 s): Measure warn. Perhaps as good, more runs" in told
    assert "would tell: nothing more." in told
    assert "50 %\nas good" in told
    axes = plot_plan(document).axes[0]
    assert "shaded: within 2 % (1.25 s) of the best set" in axes.get_xlabel()
    assert [(each.get_x(), each.get_width()) for each in axes.patches] == [(0.75, 1.25)]
    for row in document["sets"]:
        row["standing"] = "behind"
    assert "No other set of the last round is as good within 2 % (1.25 s)." in read_texts(document)
    document["matters"]["value"] = None
    assert "as good" not in read_texts(document)


def test_several_objectives_and_states_have_their_panels():
    document = add_states(make_document(2))
    assert len(plot_plan(document).axes) == 3
    told = read_texts(document)
    assert "75 % of the states" in told
    assert "Measure gate: fails when people ≥ 9 200" in told
    assert "nothing more" in told


def test_the_table_says_what_a_set_takes_and_when_it_fails():
    from rich.console import Console

    console = Console(width=120, record=True, file=StringIO())
    for part in describe_plan(add_states(make_document(2))):
        console.print(part)
    told = console.export_text()
    assert "gate *" in told
    assert "50 ± 1" in told
    assert "As good as the best within 2 % (1.25 s): warn." in told
    assert "more runs would tell: doing nothing more." in told
    assert "left out: 1 states" in told
    assert "Ranges were searched at 5 evenly spaced values" in told
    assert "gate (egress above 70 s): fails when people" in told
