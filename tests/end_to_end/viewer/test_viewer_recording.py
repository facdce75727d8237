"""The page on the real server: what is drawn was recorded, broken files are told, the button branches."""

import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import h5py
import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")

from impetus_sim.engine.record import simulate
from impetus_sim.recording.reader import open_recording
from impetus_sim.scenario.load import load_scenario

ROOM = Path(__file__).parents[3] / "scenarios" / "teaching" / "room.yaml"


@contextmanager
def replay(*paths):
    """Run ``impetus replay``; yields its link."""
    command = [sys.executable, "-m", "impetus_sim", "replay", "--no-browser", *map(str, paths)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            yield re.search(r"http\S+", server.stdout.readline()).group()
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def room_path(tmp_path_factory, warm):
    """RUN.h5 of a room that people leave for 20 s."""
    scenario = load_scenario(ROOM, overrides=["time.duration=20 s", "record.checkpoint_every=5 s"])
    path = tmp_path_factory.mktemp("viewer") / "room.h5"
    simulate(scenario, seed=1, path=path)
    return path


def test_people_drawn_are_those_of_the_recording(browser, room_path):
    run = open_recording(room_path)
    with replay(room_path) as link:
        tab = browser(link)
        assert "token" not in tab.page.url
        counts = []
        for t_s in (0.0, 9.5, 20.0):
            tab.ask(f"seek({t_s})")
            counts.append((tab.ask("drawn('a', 'people')"), len(run.frame(t_s=t_s).rows)))
        assert all(drawn == recorded for drawn, recorded in counts), counts
        assert 0 < counts[-1][1] < counts[0][1]
        tab.page.click("#tab-charts")
        assert tab.page.locator("#panel-charts figure").count() > 0
        tab.ask("seek(0)")
        tab.press("n")
        tab.wait("viewer.state().t === 5")
        assert tab.complaints == [] and tab.foreign == []
        tab.close()


def test_recordings_that_cannot_be_shown_are_told(browser, room_path, tmp_path):
    whole = room_path.read_bytes()
    (tmp_path / "half.h5").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.h5").write_text("no recording")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["numbers"] = [1, 2, 3]
    names = ["half.h5", "text.h5", "other.h5"]
    with replay(*(tmp_path / name for name in names)) as link:
        tab = browser(link)
        said = tab.page.inner_text("#problem")
        assert all(name in said for name in names)
        assert tab.page.locator("#problem .hint").count() == len(names)
        assert tab.complaints == []
        tab.close()


@pytest.mark.slow
def test_the_button_branches_and_shows_both(browser, room_path):
    with replay(room_path) as link:
        tab = browser(link)
        tab.page.set_default_timeout(180_000)
        tab.ask("seek(10)")
        tab.page.click("#branch")
        tab.page.click("#branch-run")
        tab.wait("viewer.state().rids.length === 2")
        tab.settle()
        assert tab.state()["times"] == [10, 10]
        tab.ask("seek(18)")
        assert tab.ask("drawn('a', 'people')") == tab.ask("drawn('b', 'people')")  # nothing was changed
        session = tab.page.evaluate("fetch('/api/session').then((answer) => answer.json())")
        assert len({row["digest"] for row in session["recordings"]}) == 1
        tab.page.click("#tab-charts")
        tab.page.click("#band")
        tab.page.wait_for_selector("#panel-charts polygon.band")
        assert tab.complaints == []
        tab.close()
