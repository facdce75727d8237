"""Chunks of people: what a browser decodes is what the recording holds."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.analysis.moving.window import NOT_THERE, Window
from impetus_sim.replay.levels import levels_of
from impetus_sim.replay.wire import decode_chunk, encode_chunk


def test_chunks_of_every_level_hold_the_recorded_frames(browser, room):
    meta = browser.json("/api/r/a/meta")
    frames = meta["frames"]["people"]
    assert frames["times_s"] == room.times_s.tolist()
    for level in frames["levels"]:
        seen = []
        for number in range(level["n_chunks"]):
            answer = browser.get(f"/api/r/a/chunk/people/{level['level']}/{number}")
            assert answer.headers["content-type"] == "application/octet-stream"
            window = decode_chunk(answer.content, meta["box"])
            for k, t_s in enumerate(window.times_s):
                frame, is_there = room.frame(t_s=t_s), window.state[k] != NOT_THERE
                np.testing.assert_array_equal(window.ids[is_there], frame.rows)
                np.testing.assert_allclose(window.x[k][is_there], frame.x, atol=meta["quantum_m"])
                np.testing.assert_allclose(window.y[k][is_there], frame.y, atol=meta["quantum_m"])
                np.testing.assert_array_equal(window.state[k][is_there], frame.state)
            seen += window.times_s.tolist()
        assert seen == room.times_s[:: level["stride"]].tolist()


def test_somebody_who_leaves_and_comes_back_keeps_the_place_in_between():
    state = np.array([[1], [NOT_THERE], [2], [2]], np.uint8)
    x = np.array([[3.0], [np.nan], [9.0], [8.5]])
    window = Window(times_s=np.arange(4.0), ids=np.array([7], np.int32), x=x, y=np.nan_to_num(x), state=state)
    data = encode_chunk(window, (0.0, 0.0, 10.0, 10.0))
    assert len(data) % 8 == 0
    back = decode_chunk(data, (0.0, 0.0, 10.0, 10.0))
    np.testing.assert_allclose(back.x[:, 0], [3.0, 3.0, 9.0, 8.5], atol=1e-4)
    np.testing.assert_array_equal(back.state, state)


def test_a_place_outside_the_box_is_refused():
    window = Window(
        times_s=np.zeros(1),
        ids=np.zeros(1, np.int32),
        x=np.full((1, 1), 11.0),
        y=np.zeros((1, 1)),
        state=np.zeros((1, 1), np.uint8),
    )
    with pytest.raises(ValueError, match="11 m is outside the box, 0 to 10 m"):
        encode_chunk(window, (0.0, 0.0, 10.0, 10.0))


@pytest.mark.parametrize(
    ("n_frames", "strides"), [(0, [1]), (10, [1]), (11, [1, 10]), (3600, [1, 10, 100, 1000])]
)
def test_levels_end_where_one_chunk_holds_the_run(n_frames, strides):
    levels = levels_of(n_frames)
    assert [level.stride for level in levels] == strides
    assert levels[-1].n_chunks <= 1
    for level in levels:
        held = [k for chunk in range(level.n_chunks) for k in level.frames_of(chunk, of=n_frames)]
        assert held == list(range(0, n_frames, level.stride))


def test_an_unchanged_answer_is_not_sent_again(browser):
    for address in (
        "/",
        "/api/session",
        "/api/r/a/meta",
        "/api/r/a/map",
        "/api/r/a/events",
        "/api/r/a/chunk/people/0/1",
    ):
        tag = browser.get(address).headers["etag"]
        again = browser.get(address, **{"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert browser.get(address, **{"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "address", ["r/z/meta", "r/a/chunk/people/9/0", "r/a/chunk/people/0/999", "r/a/chunk/cows/0/0", "nothing"]
)
def test_what_is_not_there_is_said_in_words(browser, address):
    answer = browser.get(f"/api/{address}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "hint", "where"}
