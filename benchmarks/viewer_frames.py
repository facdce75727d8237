"""Speed of the viewer's page in a headless Chromium without a graphics card, on made-up towns.

``python benchmarks/viewer_frames.py [--webgl]`` prints frames per second and script per frame (medians) of 50 000
people over 20 000 buildings at 1280x720, whole town and close up, and how long a recording of 100 000 people and
3 600 frames takes to open and to seek. The towns are made while they are asked for: that time is measured apart.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "end_to_end" / "viewer"))

from chromium import FLAGS, SOFTWARE_WEBGL, open_browser, why_not
from fake_city import FakeCity
from fake_server import serve

PLAY_S = 6.0
SEEKS_S = (1800.0, 300.0, 2500.25, 900.0, 3300.0)
BUILDINGS = 20_000
SIDE_M = 4000.0


def main() -> None:
    """Measure and print."""
    if reason := why_not():
        raise SystemExit(reason)
    webgl = "--webgl" in sys.argv
    flags = [flag for flag in FLAGS if flag != "--disable-gpu"] + list(SOFTWARE_WEBGL) if webgl else FLAGS
    query = "?renderer=webgl2" if webgl else ""
    played = KeptCity(n_people=50_000, n_frames=120, frame_s=1.0, side_m=SIDE_M, n_buildings=BUILDINGS)
    long = KeptCity(n_people=100_000, n_frames=3600, frame_s=1.0, side_m=SIDE_M, n_buildings=BUILDINGS)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with open_browser(flags) as browser:
        with serve([played]) as url:
            measure_play(browser(f"{url}/{query}"), played)
        for t_s in SEEKS_S:
            long.prepare(t_s)
        long.prepare(0.0)
        with serve([long]) as url:
            measure_open(browser, f"{url}/{query}")


class KeptCity(FakeCity):
    """A town that remembers the chunks it has made, as a server's disk would."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.kept: dict[tuple[int, int], bytes] = {}
        self.kept_meta = super().meta()
        self.kept_map = super().map()

    def chunk(self, level: int, number: int) -> bytes:
        """Return a chunk, made once."""
        if (level, number) not in self.kept:
            self.kept[level, number] = super().chunk(level, number)
        return self.kept[level, number]

    def prepare(self, t_s: float) -> None:
        """Make the chunks of a time and the one after it, before anything is measured."""
        number = int(t_s // (self.times_s[1] * 10))
        for k in (number, number + 1):
            if k * 10 < len(self.times_s):
                self.chunk(0, k)

    def meta(self) -> dict[str, Any]:
        """Return what was described once."""
        return self.kept_meta

    def map(self) -> dict[str, Any]:
        """Return what was drawn once."""
        return self.kept_map


def measure_play(tab: Any, city: KeptCity) -> None:
    """Play at real time over the whole town, then close up."""
    for t_s in range(0, 60, 10):
        city.prepare(t_s)
    drawn = tab.ask("drawn('a', 'people')")
    for name, zoom in (("whole town", 1.0), ("close up", 3.0)):
        camera = tab.state()["camera"]
        tab.ask(f"setCamera({{x: {camera['x']}, y: {camera['y']}, scale: {camera['scale'] * zoom}}})")
        tab.ask("seek(5)")
        tab.ask("setSpeed(1)")
        spent = Spent(tab)
        tab.ask("play()")
        time.sleep(PLAY_S)
        stats = tab.ask("stats()")
        tab.ask("pause()")
        cpu_s, wall_s = spent.seconds()
        print(
            f"play, {name}: {drawn} people, {stats['fps']:.0f} frames/s (median), script "
            f"{stats['script_ms_median']:.1f} ms a frame (median, wall), page's thread "
            f"{1000 * cpu_s / stats['frames']:.1f} ms of processor a frame, cpu / wall {cpu_s / wall_s:.2f}"
        )
    tab.close()


class Spent:
    """Processor time of a page's main thread: what a busy machine does not change, unlike wall time."""

    def __init__(self, tab: Any) -> None:
        self.session = tab.page.context.new_cdp_session(tab.page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.began, self.before = time.perf_counter(), self._read()

    def _read(self) -> float:
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return float(next(row["value"] for row in metrics if row["name"] == "TaskDuration"))

    def seconds(self) -> tuple[float, float]:
        """Return processor and wall seconds since the start."""
        return self._read() - self.before, time.perf_counter() - self.began


def measure_open(browser: Any, url: str) -> None:
    """Open a long recording and jump about in it."""
    began = time.perf_counter()
    tab = browser(url)
    print(f"open 100 000 people x 3 600 frames: {time.perf_counter() - began:.2f} s")
    spent = Spent(tab)
    seeks = [tab.page.evaluate(JUMP, t_s) for t_s in SEEKS_S]
    again = [tab.page.evaluate(JUMP, t_s) for t_s in SEEKS_S]
    print(f"seek: {statistics.median(seeks):.2f} s (median of {len(seeks)}), longest {max(seeks):.2f} s")
    cpu_s, wall_s = spent.seconds()
    print(f"processor of the page's thread while seeking: {cpu_s:.2f} of {wall_s:.2f} s")
    print(f"seek to a moment seen before: {statistics.median(again):.2f} s")
    tab.close()


JUMP = """async (t) => {
  const began = performance.now();
  await viewer.seek(t);
  return (performance.now() - began) / 1000;
}"""


if __name__ == "__main__":
    main()
