"""Time in the viewer: seek, step, typed time, events, play, drag, links; what is drawn is what was recorded."""

import pytest


def test_people_drawn_are_those_of_the_recording(tab, town):
    for t_s in (0.0, 12.5, 55.0, 120.0):
        tab.ask(f"seek({t_s})")
        assert tab.ask("drawn('a', 'people')") == town.count_inside(town.box, t_s)


def test_people_drawn_in_a_part_of_the_map_are_those_of_the_recording(tab, town):
    tab.ask("seek(30)")
    tab.ask("setCamera({x: 90, y: 130, scale: 12})")
    width, height = tab.page.evaluate("[viewer.camera.width, viewer.camera.height]")
    half = (width / 24, height / 24)
    view = (90 - half[0], 130 - half[1], 90 + half[0], 130 + half[1])
    assert tab.ask("drawn('a', 'people')") == town.count_inside(view, 30.0) > 5


def test_steps_are_recorded_frames(tab):
    tab.ask("seek(10)")
    tab.ask("step(1)")
    assert tab.state()["t"] == pytest.approx(10.5)
    tab.ask("step(-3)")
    assert tab.state()["t"] == pytest.approx(9.0)
    tab.ask("seek(10.2)")
    tab.ask("step(-1)")
    assert tab.state()["t"] == pytest.approx(10.0)


def test_next_and_previous_event_stop_at_events(tab):
    seen = []
    for _ in range(3):
        tab.page.click("#next-event")
        tab.wait(f"viewer.state().t > {seen[-1] if seen else 0}")
        tab.settle()
        seen.append(tab.state()["t"])
    assert seen == [10.0, 20.0, 30.25]
    tab.page.click("#previous-event")
    tab.wait("viewer.state().t < 30")
    assert tab.state()["t"] == 20.0


def test_typed_time_and_time_of_day(tab):
    for typed, t_s in (("1:30", 90.0), ("45", 45.0), ("14:01:10", 70.0)):
        tab.page.fill("#time", typed)
        tab.page.press("#time", "Enter")
        tab.wait(f"viewer.state().t === {t_s}")
    tab.page.fill("#time", "9:99:00")
    tab.page.press("#time", "Enter")
    assert tab.page.get_attribute("#time", "aria-invalid") == "true"
    assert tab.state()["t"] == 70.0


def test_playing_goes_on_and_stops_at_the_end(tab):
    tab.ask("seek(118)")
    tab.ask("setSpeed(16)")
    tab.ask("play()")
    tab.wait("!viewer.state().playing")
    assert tab.state()["t"] == 120.0


def test_slow_down_near_events_plays_at_real_time_there(tab):
    tab.page.check("#slow")
    tab.ask("setSpeed(8)")
    tab.ask("seek(8)")
    tab.ask("play()")
    tab.wait("document.querySelector('#clock span').textContent.endsWith(' 1\u00d7')")
    tab.wait("document.querySelector('#clock span').textContent.endsWith(' 8\u00d7')")
    assert 12 <= tab.state()["t"] < 20


def test_dragging_the_timeline_seeks_and_a_click_on_an_event_starts_a_little_before(tab):
    box = tab.page.locator("#timeline").bounding_box()
    y = box["y"] + box["height"] - 3

    def x_of(t_s):
        return box["x"] + 8 + t_s / 120 * (box["width"] - 16)

    tab.page.mouse.move(x_of(80), y)
    tab.page.mouse.down()
    tab.page.mouse.move(x_of(100), y, steps=4)
    tab.page.mouse.up()
    tab.settle()
    assert tab.state()["t"] == pytest.approx(100, abs=0.2)
    tab.page.mouse.click(x_of(30.25), y)
    tab.settle()
    assert tab.state()["t"] == pytest.approx(28.25)


def test_a_link_holds_the_whole_view(tab, browser, address):
    tab.ask("seek(33.5)")
    tab.ask("setCamera({x: 100, y: 110, scale: 5})")
    x, y = tab.page.evaluate("viewer.camera.toScreen(100, 110)")
    tab.page.click("#tab-layers")
    tab.page.check("input[name=density]")
    tab.page.click("#tab-areas")
    tab.page.click("#measure-view")
    stage = tab.page.locator("#stage").bounding_box()
    tab.page.mouse.click(stage["x"] + x, stage["y"] + y)
    before = tab.state()
    again = browser(f"{address}/#{before['link']}")
    after = again.state()
    again.close()
    for key in ("rids", "t", "mode", "layers", "selection", "camera", "areas"):
        assert after[key] == before[key], key
