"""Two recordings on one clock, and the way from "what if" to them."""

import pytest


def test_swipe_keeps_both_clocks_equal(pair, town):
    assert pair.state()["times"] == [12.5, 12.5]
    pair.ask("play()")
    pair.wait("viewer.state().t > 13.5")
    pair.ask("pause()")
    pair.settle()
    first, second = pair.state()["times"]
    assert first == second == pair.state()["t"]
    pair.page.locator(".divider").fill("30")
    cut = pair.page.evaluate("document.querySelectorAll('.pane')[1].style.clipPath")
    left = float(cut.split()[-1].removesuffix("px)"))
    assert left == pytest.approx(0.3 * pair.page.locator("#stage").bounding_box()["width"], abs=1.5)


def test_every_mode_shows_one_time(pair):
    for mode, t_s in (("side", 40), ("diff", 45), ("swipe", 50), ("single", 55)):
        pair.page.click(f"#mode-{mode}")
        pair.ask(f"seek({t_s})")
        state = pair.state()
        assert state["mode"] == mode and set(state["times"]) == {t_s}


def test_a_click_in_either_half_picks_from_that_recording(pair, town):
    pair.page.click("#mode-side")
    pair.ask("seek(0)")
    pair.ask("setCamera({x: 120, y: 120, scale: 1.8})")
    width = pair.page.evaluate("viewer.camera.width")
    for half, shift in ((0, 0.0), (1, 6.0)):
        x, y = pair.page.evaluate(
            f"viewer.camera.toScreen({town.positions(0)[3, 0] + shift}, {town.positions(0)[3, 1]})"
        )
        assert pair.ask(f"pick({x + half * width}, {y})") == {"kind": "people", "id": 3}


def test_branch_dialog_runs_and_opens_both_at_that_moment(tab):
    tab.ask("seek(20)")
    tab.page.click("#branch")
    tab.page.fill("#branch-dialog input", "150")
    tab.page.click("#branch-run")
    tab.wait("viewer.state().rids.length === 2")
    tab.page.wait_for_selector("#mode-side[aria-pressed=true]")
    tab.settle()
    assert tab.state()["rids"] == ["a", "b"] and tab.state()["times"] == [20, 20]


def test_the_band_of_replicates_is_drawn(tab):
    tab.page.click("#tab-charts")
    tab.page.click("#band")
    tab.page.wait_for_selector("#panel-charts polygon.band")
