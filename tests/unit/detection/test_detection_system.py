"""Detectors in a run: which streams, which alerts, with which causes, and the same again from a checkpoint."""

import json

import numpy as np
import pytest

from impetus_sim.detection.watch import find_streams
from impetus_sim.errors import InvalidInputError

STREAMS = {"mic__bangs": "bangs", "nose__concentration": "concentration", "north__bangs": "bangs"}


def test_an_alert_says_what_where_and_from_what(desk):
    here = desk(STREAMS, ears={"kind": "threshold", "streams": "bangs", "above": 1})
    cause = here.world.log("shots_fired", "gun", x=0.0, y=0.0)
    here.say(1.0, {"mic.bangs": 0, "north.bangs": 0})
    here.say(2.0, {"mic.bangs": 3}, cause=cause)
    alerts, events = here.world.alarms.alerts, here.world.events
    assert len(alerts) == 1
    assert alerts.source[0] == b"ears" and alerts.kind[0] == b"gunshot"
    assert (alerts.x[0], alerts.tick[0], alerts.stream[0]) == (0.0, here.world.ticks(2.0), 0)
    event = int(alerts.event[0])
    assert events.kind[event] == b"alert" and events.causes[event] == str(cause).encode()
    assert json.loads(events.data[event]) == {"alert": "gunshot", "score": 3.0, "stream": "mic.bangs"}


def test_a_false_alarm_has_no_cause(desk):
    here = desk(STREAMS, ears={"kind": "threshold", "streams": "bangs", "above": 1})
    here.say(1.0, {"mic.bangs": 1})
    assert here.world.events.causes[here.world.alarms.alerts.event[0]] == b""


def test_a_reading_is_seen_once_and_when_it_arrives(desk):
    here = desk(STREAMS, nose={"kind": "threshold", "streams": "nose.*", "above": 5, "quiet": 0})
    here.say(1.0, {"nose.concentration": 9.0}, late_s=30.0)
    assert len(here.world.alarms.alerts) == 0
    assert here.system.next_tick(here.world.tick) == here.world.ticks(31.0)
    for time_s in (20.0, 31.0, 32.0):
        here.say(time_s, {})
    assert here.world.alarms.alerts.tick.tolist() == [here.world.ticks(31.0)]
    assert here.system.next_tick(here.world.tick) is None


def test_it_keeps_quiet_for_a_while_about_that_stream_only(desk):
    here = desk(STREAMS, ears={"kind": "threshold", "streams": "bangs", "above": 1, "quiet": 10})
    here.say(1.0, {"mic.bangs": 1})
    here.say(5.0, {"mic.bangs": 1, "north.bangs": 1})
    here.say(11.0, {"mic.bangs": 1, "north.bangs": 1})
    assert here.world.alarms.alerts.stream.tolist() == [0, 1, 0]


def test_state_from_a_checkpoint_goes_on_the_same(desk):
    section = {"kind": "threshold", "streams": "*", "above": 1, "lasts": 4, "quiet": 3}
    one, other = desk(STREAMS, part=section), desk(STREAMS, part=section)
    words = [(float(k), {"mic.bangs": int(k % 7 < 6), "north.bangs": int(k % 11 < 8)}) for k in range(1, 40)]
    for time_s, values in words[:20]:
        one.say(time_s, values)
    for mine, theirs in zip(
        [*other.system.state, *other.telemetry.tables, *other.world.alarms.tables],
        [*one.system.state, *one.telemetry.tables, *one.world.alarms.tables],
        strict=True,
    ):
        mine.load({name: column.copy() for name, column in theirs.columns.items()})
    for time_s, values in words[20:]:
        one.say(time_s, values)
        other.say(time_s, values)
    assert len(one.world.alarms.alerts) > 4
    for column in ("tick", "stream", "score"):
        assert np.array_equal(
            getattr(one.world.alarms.alerts, column), getattr(other.world.alarms.alerts, column)
        )


def test_streams_are_named_by_kind_or_pattern(streams_of):
    streams = streams_of(**STREAMS)
    assert find_streams(["bangs"], streams).tolist() == [0, 1]
    assert find_streams(["n*", "mic.bangs"], streams).tolist() == [0, 1, 2]
    with pytest.raises(InvalidInputError, match=r"'mic.bang' fits no stream") as error:
        find_streams(["mic.bang"], streams)
    assert "mic.bangs" in error.value.hint


def test_no_sensors_is_said_before_the_run(room, start):
    scenario = room(
        {"detection": {"detectors": {"d": {"kind": "threshold", "streams": "bangs", "above": 1}}}}
    )
    with pytest.raises(InvalidInputError, match="no sensors"):
        start(scenario, until=1)
