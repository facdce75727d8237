"""The other back end draws and picks the same; without any WebGL the page falls back to the pixel buffer."""

import pytest
from chromium import FLAGS, SOFTWARE_WEBGL, open_browser, why_not


@pytest.mark.slow
@pytest.mark.parametrize("has_webgl", [True, False])
def test_webgl_draws_who_is_there(town, address, has_webgl):
    if reason := why_not():
        pytest.skip(reason)
    plain = [flag for flag in FLAGS if flag != "--disable-gpu"]
    flags = [*plain, *SOFTWARE_WEBGL] if has_webgl else [*FLAGS, "--disable-software-rasterizer"]
    with open_browser(flags) as browser:
        tab = browser(f"{address}/?renderer=webgl2#r=a&t=30.2")
        kind = tab.page.evaluate("document.querySelector('canvas.agents').getContext('webgl2') !== null")
        assert kind is has_webgl
        assert tab.ask("drawn('a', 'people')") == town.count_inside(town.box, 30.0)
        at = town.positions(30.0) + 0.4 * (town.positions(30.5) - town.positions(30.0))
        x, y = tab.page.evaluate(f"viewer.camera.toScreen({at[4, 0]}, {at[4, 1]})")
        assert tab.ask(f"pick({x}, {y})") == {"kind": "people", "id": 4}
        picture = tab.page.evaluate(
            """async () => { const from = document.querySelector('canvas.agents');
            const to = new OffscreenCanvas(from.width, from.height), pen = to.getContext('2d');
            pen.drawImage(from, 0, 0);
            const { data } = pen.getImageData(0, 0, to.width, to.height);
            return data.reduce((n, v, i) => n + (i % 4 === 3 && v > 0), 0) }"""
        )
        assert picture > 1000
        tab.close()
