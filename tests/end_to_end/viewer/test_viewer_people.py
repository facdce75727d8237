"""Who is who in the viewer: picking, details, following, finding, measuring, layers, pictures."""

import numpy as np
import pytest

COPY = """const copyOf = (name) => {
  const from = document.querySelector(name), to = new OffscreenCanvas(from.width, from.height);
  const context = to.getContext('2d', { willReadFrequently: true });
  context.drawImage(from, 0, 0);
  return context.getImageData(0, 0, to.width, to.height);
};
"""
"""Script that copies the pixels of a canvas."""


def test_a_click_picks_the_right_person_and_tells_about_them(tab, town):
    tab.ask("seek(42.3)")  # between two frames: what is drawn is picked
    at = town.positions(42.0) + 0.6 * (town.positions(42.5) - town.positions(42.0))
    distances = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + 1e9 * np.eye(len(at))
    lone = [i for i in np.argsort(-distances.min(axis=1)) if i % 10 != 9][:5]
    stage = tab.page.locator("#stage").bounding_box()
    for person in lone:
        tab.ask(f"setCamera({{x: {at[person, 0] + 8}, y: {at[person, 1] + 5}, scale: 6}})")
        x, y = tab.page.evaluate(f"viewer.camera.toScreen({at[person, 0]}, {at[person, 1]})")
        tab.page.mouse.click(stage["x"] + x + 1, stage["y"] + y + 1)
        assert tab.state()["selection"] == {"kind": "people", "id": person}
        tab.page.wait_for_selector(f"#panel-details h2:text-is('Person {person}')")
    assert "Fire at the stall" in tab.page.inner_text("#panel-details .chain")


def test_following_keeps_the_person_in_the_middle(tab, town):
    tab.page.fill("#find-words", "17")
    tab.page.press("#find-words", "Enter")
    tab.wait("viewer.state().selection?.id === 17")
    tab.page.keyboard.press("f")
    tab.ask("seek(60)")
    assert tab.state()["follow"]
    camera = tab.state()["camera"]
    assert (camera["x"], camera["y"]) == pytest.approx(town.positions(60.0)[17], abs=0.01)


def test_an_area_counts_who_is_inside(tab, town):
    tab.ask("seek(50)")
    stage = tab.page.locator("#stage").bounding_box()
    tab.page.click("#tab-areas")
    tab.press("m")
    corners = [(60, 60), (180, 60), (180, 170), (60, 170)]
    for x, y in corners:
        px, py = tab.page.evaluate(f"viewer.camera.toScreen({x}, {y})")
        tab.page.mouse.click(stage["x"] + px, stage["y"] + py)
    tab.press("Enter")
    (area,) = tab.state()["areas"]
    xs, ys = area["points"][::2], area["points"][1::2]
    box = (min(xs), min(ys), max(xs), max(ys))
    assert abs(area["counts"][0] - town.count_inside(box, 50.0)) <= 2  # corners are clicked on whole pixels
    assert area["counts"][0] > 30
    tab.page.wait_for_selector("#panel-areas figure.chart")
    row = tab.page.inner_text("#panel-areas tbody tr")
    assert str(area["counts"][0]) in row.split()


def test_layers_are_switched_and_density_is_drawn_in_its_steps(tab):
    tab.ask("seek(50)")
    tab.page.uncheck("input[name=people]")
    tab.settle()
    assert tab.ask("drawn('a', 'people')") == 0
    tab.page.check("input[name=density]")
    tab.page.check("input[name=sensors]")
    tab.wait("document.querySelector('#map-legend').textContent.includes('per m²')")
    used = tab.page.evaluate(
        COPY + "(() => copyOf('canvas.ground').data.reduce((n, v, i) => n + (i % 4 === 3 && v > 0), 0))()"
    )
    assert used > 1000


def test_an_asset_is_picked_and_its_state_follows_the_clock(tab):
    stage = tab.page.locator("#stage").bounding_box()
    colours = []
    for t_s in (10, 40):
        tab.ask(f"seek({t_s})")
        x, y = tab.page.evaluate("viewer.camera.toScreen(180, 180)")
        pixel = (
            f"copyOf('canvas.marks').data.slice(4 * ({round(y)} * copyOf('canvas.marks').width + {round(x)}))"
        )
        colours.append(tab.page.evaluate(f"{COPY}[...{pixel}.slice(0, 3)]"))
    assert colours == [[0, 158, 115], [213, 94, 0]]
    tab.page.mouse.click(stage["x"] + x, stage["y"] + y)
    assert tab.state()["selection"] == {"kind": "signals", "id": "signals_2"}


def test_a_picture_is_saved(tab, tmp_path):
    with tab.page.expect_download() as waiting:
        tab.page.click("#picture")
    path = tmp_path / "picture.png"
    waiting.value.save_as(path)
    assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 10_000
