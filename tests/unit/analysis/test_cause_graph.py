"""The causal trace in steps, and a run beside the run without a cause."""

from __future__ import annotations

from impetus_sim.analysis.cause_graph import build_cause_graph
from impetus_sim.analysis.cause_words import describe_subjects, format_cause_graph
from impetus_sim.analysis.causes import Event, Trace
from impetus_sim.analysis.counterfactual import compare_harm, compare_traces
from impetus_sim.analysis.metric import Metric


def event(id_: int, t_s: float, kind: str, subject: str = "", causes: tuple[int, ...] = (), **data) -> Event:
    nowhere = float("nan")
    return Event(id=id_, t_s=t_s, kind=kind, subject=subject, x=nowhere, y=nowhere, causes=causes, data=data)


BLINDED = Trace(
    [
        event(0, 0.0, "attack_began", "intruder"),
        event(1, 10.0, "asset_attacked", "camera_1", (0,)),
        event(2, 12.0, "asset_attacked", "camera_2", (0,)),
        event(3, 20.0, "shot", "attacker"),
        event(4, 25.0, "people_injured", "attacker", (3,), people=2),
        event(5, 40.0, "people_injured", "attacker", (3,), people=1),
        event(6, 80.0, "alert", "bangs", (3, 2)),
        event(7, 90.0, "siren", "siren", (6,)),
    ]
)


def test_only_what_leads_to_harm_is_told():
    graph = build_cause_graph(BLINDED)
    assert [(step.kind, step.n_events, step.people) for step in graph.steps] == [
        ("shot", 1, 0),
        ("people_injured", 2, 3),
    ]
    (link,) = graph.links
    assert (link.n_events, link.least_delay_s, link.median_delay_s) == (2, 5.0, 12.5)
    assert format_cause_graph(graph)[1] == (
        "![ 2]     25.0 s  people injured: attacker (2 times, until 40.0 s) -> 3 people"
        "  <- [1] +5.0 s, half after 12.5 s"
    )


def test_without_harm_the_last_effects_are_the_end():
    calm = Trace(e for e in BLINDED.events.values() if e.kind != "people_injured")
    graph = build_cause_graph(calm)
    assert [step.kind for step in graph.steps] == ["attack_began", "asset_attacked", "shot", "alert", "siren"]
    assert [step.subjects for step in graph.steps][1] == ("camera_1", "camera_2")
    assert {(link.cause, link.effect) for link in graph.links} == {(0, 1), (1, 3), (2, 3), (3, 4)}


def test_an_effect_is_never_in_the_step_of_its_cause():
    row = Trace([event(k, float(k), "level_fell", f"a_{k}", (k - 1,) if k else ()) for k in range(4)])
    graph = build_cause_graph(row)
    assert [step.n_events for step in graph.steps] == [1, 1, 1, 1]
    assert all(link.cause < link.effect for link in graph.links)


def test_what_one_repeats_is_one_step():
    shots = Trace([event(k, 2.0 * k, "shot", "attacker", (k - 1,) if k else ()) for k in range(4)])
    (step,) = build_cause_graph(shots).steps
    assert (step.n_events, step.last_s, step.is_root) == (4, 6.0, True)


def test_many_subjects_are_counted_by_sort():
    names = ("signal_1", "signal_2", "cell_3_1", "signal_4", "plan")
    assert describe_subjects(names) == "3 signal, cell, plan"
    assert describe_subjects(names[:2]) == "signal_1, signal_2"


def test_what_a_cause_was_worth():
    without = Trace(
        [
            event(0, 20.0, "shot", "attacker"),
            event(1, 25.0, "people_injured", "attacker", (0,), people=2),
            event(2, 22.0, "alert", "camera_2", (0,)),
            event(3, 32.0, "siren", "siren", (2,)),
        ]
    )
    found = {(d.kind, d.subject): d for d in compare_traces(BLINDED, without)}
    assert found["siren", "siren"].delay_s == 58.0
    assert found["asset_attacked", "camera_1"].without_s is None
    assert found["alert", "camera_2"].with_s is None
    assert ("people_injured", "attacker") not in found
    injured = [Metric(name="people_injured", value=value, unit="people") for value in (3.0, 2.0)]
    (harm,) = compare_harm({"people_injured": injured[0]}, {"people_injured": injured[1]})
    assert harm.change == 1.0
