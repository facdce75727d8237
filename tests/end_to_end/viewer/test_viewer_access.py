"""The viewer without a mouse, without sight of the map, and with recordings that cannot be shown."""

from fake_server import serve


def test_all_is_reached_by_keys(tab):
    tab.press("n")
    tab.wait("viewer.state().t === 10")
    tab.press("ArrowRight", "ArrowRight")
    tab.wait("viewer.state().t === 11")
    tab.press("Space")
    assert tab.state()["playing"]
    tab.press("Space")
    assert not tab.state()["playing"]
    speed = tab.state()["speed"]
    tab.press(".", ".")
    assert tab.state()["speed"] == 4 * speed
    tab.press("/")
    tab.page.keyboard.type("5")
    tab.page.wait_for_selector("#find-results button")
    tab.press("ArrowDown", "Enter")
    assert tab.state()["selection"] == {"kind": "people", "id": 5}
    tab.page.focus("#stage")
    before = tab.state()["camera"]
    tab.press("ArrowRight", "+")
    assert tab.state()["camera"]["x"] > before["x"] and tab.state()["camera"]["scale"] > before["scale"]
    tab.press("k")
    assert len(tab.state()["bookmarks"]) == 1
    tab.press("p")
    assert tab.page.evaluate("document.body.className") == "presenting"
    tab.press("Escape", "Escape")
    assert tab.state()["selection"] is None


def test_tables_hold_what_the_map_shows(tab):
    tab.page.click("#tab-events")
    rows = tab.page.locator("#panel-events tbody tr")
    assert rows.count() == 5
    rows.nth(3).locator("button").click()
    tab.wait("viewer.state().t === 45")
    assert rows.nth(3).get_attribute("aria-current") == "true"
    tab.page.click("#tab-charts")
    tab.page.click("#panel-charts summary")
    assert tab.page.locator("#panel-charts td.number").first.inner_text() == "200"
    label = tab.page.get_attribute("#panel-charts svg", "aria-label")
    assert "from 200 to" in label
    assert tab.page.get_attribute("#timeline", "aria-valuetext") == "0:45, 14:00:45"


def test_every_control_has_a_name(tab):
    nameless = tab.page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, textarea, [role=slider]')].filter((e) =>
        !(e.textContent.trim() || e.ariaLabel || e.labels?.length || e.title)).map((e) => e.outerHTML)"""
    )
    assert nameless == []


def test_groups_of_events_that_are_off_are_passed_over(tab):
    tab.page.click("#tab-events")
    tab.page.click("#panel-events .groups button:has-text('Hazards')")
    tab.press("n")
    tab.wait("viewer.state().t === 20")


def test_a_broken_recording_is_told_and_the_others_are_shown(browser, town):
    broken = {
        "name": "half.h5",
        "error": "'half.h5' is no recording: it ends early",
        "hint": "impetus run again",
    }
    with serve([town], broken=[broken]) as url:
        tab = browser(url)
        assert broken["error"] in tab.page.inner_text("#problem")
        assert broken["hint"] in tab.page.inner_text("#problem .hint")
        tab.page.click("#problem button")
        assert tab.ask("drawn('a', 'people')") > 0
        tab.close()
    with serve([], broken=[broken]) as url:
        tab = browser(url)
        assert broken["error"] in tab.page.inner_text("#problem")
        assert tab.page.locator("#problem button").count() == 0
        assert not tab.page.is_visible("#branch") and not tab.page.is_visible("#transport")
        tab.close()


def test_a_server_that_stopped_is_told(browser, address):
    tab = browser(address)
    tab.page.route("**/api/**", lambda route: route.abort())
    tab.page.fill("#find-words", "1")
    tab.page.wait_for_selector("#problem .hint:has-text('impetus replay')")
    tab.close()
