"""The causal trace walked both ways, and the command that prints it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from impetus_sim.analysis.causes import format_chain, read_trace
from impetus_sim.cli.explain import explain_command
from impetus_sim.errors import InvalidInputError

EVENTS = [
    {"id": 1, "tick": 10, "kind": b"shot", "subject": b"shots", "x": 3.0, "y": 4.0},
    {"id": 2, "tick": 12, "kind": b"alarm", "subject": b"operator", "causes": b"1"},
    {
        "id": 3,
        "tick": 15,
        "kind": b"exit_opened",
        "subject": b"east",
        "causes": b"2",
        "data": b'{"width_m": 4}',
    },
    {"id": 4, "tick": 16, "kind": b"warned", "subject": b"speakers", "causes": b"2,1"},
    {"id": 5, "tick": 50, "kind": b"rumour", "subject": b"street"},
]


@pytest.fixture
def recording(write_recording, make_crowd):
    crowd = make_crowd(5, aware_tick=[10, 16, 16, -1, 50], aware_cause=[1, 4, 4, -1, 5])
    return write_recording(crowd, events=EVENTS)


def test_walks_both_ways(recording) -> None:
    trace = read_trace(recording)
    shot, alarm, opened, warned, rumour = trace.events.values()
    assert trace.roots == [shot, rumour]
    assert trace.reach(shot) == [shot, alarm, opened, warned]
    assert trace.origins(warned) == [shot, alarm, warned]
    assert trace.count_aware(trace.reach(shot)) == 3
    assert [event.id for event in trace.find("EAST")] == [3]
    assert opened.data == {"width_m": 4}
    assert shot.has_place
    assert not alarm.has_place


def test_chain_is_a_tree_that_repeats_nothing(recording) -> None:
    trace = read_trace(recording)
    assert format_chain(trace, trace.roots[0]) == [
        "   10.00 s  shot  shots  at (3.0, 4.0) m  -> 1 person aware  [1]",
        "├─    12.00 s  alarm  operator  [2]",
        "│  ├─    15.00 s  exit_opened  east  width_m 4  [3]",
        "│  └─    16.00 s  warned  speakers  -> 2 people aware  [4]",
        "└─    16.00 s  warned  speakers  -> 2 people aware  [4]  (see above)",
    ]


def run_explain(*arguments: str) -> str:
    result = CliRunner().invoke(explain_command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_explain_in_short(recording) -> None:
    output = run_explain(str(recording.path))
    assert "5 events from 2 first causes" in output
    assert "led to 3 more events and made 3 people aware" in output


def test_explain_chain_and_asset(recording) -> None:
    assert "(see above)" in run_explain(str(recording.path), "--chain")
    output = run_explain(str(recording.path), "--asset", "east")
    assert output.index("because of") < output.index("shot") < output.index("exit_opened")
    document = json.loads(run_explain(str(recording.path), "--asset", "east", "--json"))
    assert [event["id"] for event in document["events"]] == [1, 2, 3]


def test_unknown_asset_names_the_nearest(recording) -> None:
    with pytest.raises(InvalidInputError, match=r"about 'speaker5'.*speakers"):
        run_explain(str(recording.path), "--asset", "speaker5")


def test_run_without_events(write_recording, make_crowd) -> None:
    recording = write_recording(make_crowd(1))
    assert "no events" in run_explain(str(recording.path))
    assert "no events" in run_explain(str(recording.path), "--chain")
