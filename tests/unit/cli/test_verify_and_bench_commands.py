"""`impetus verify` and `impetus bench`: contracts of their output and exit codes, on their smallest cases."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.cli.bench import bench_command
from impetus_sim.cli.verify import verify_command
from impetus_sim.errors import InvalidInputError
from impetus_sim.verification import suite
from impetus_sim.verification.case import Case, Measured
from impetus_sim.verification.speed import agree, compare, measure, pairs


@pytest.fixture
def run():
    def call(command, *arguments):
        return CliRunner().invoke(command, arguments)

    return call


def case(case_id, value):
    return Case(
        id=case_id,
        standard="none",
        title=f"a <{case_id}> case",
        source="made up",
        low=1.0,
        high=2.0,
        expected="1 to 2",
        run=lambda effort: Measured(value=value, text=f"{value}"),
    )


def test_verify_prints_one_document(run):
    done = run(verify_command, "crowd", "--case", "iso-2", "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["passed"] == 1 and document["failed"] == 0
    (row,) = document["cases"]
    assert {"id", "standard", "model", "measured", "expected", "passed"} <= set(row)
    assert row["measured"] == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(("value", "code"), [(1.0, 0), (2.5, 1), (float("inf"), 1), (float("nan"), 1)])
def test_verify_exits_by_outcome(run, monkeypatch, tmp_path, value, code):
    monkeypatch.setattr(suite, "list_cases", lambda family: [case("odd", value)])
    page = tmp_path / "page.html"
    done = run(verify_command, "crowd", "--html", str(page), "--json")
    assert done.exit_code == code
    assert json.loads(done.stdout)["failed"] == code
    text = page.read_text("utf-8")
    assert "a &lt;odd&gt; case" in text and ("failed</span>" in text) == (code == 1)
    assert "http" not in text


def test_verify_table_shows_measured_beside_expected(run):
    done = run(verify_command, "--case", "iso-5")
    assert "mean and sd within" in done.stdout and "mean 1." in done.stdout
    assert "1 passed, 0 failed" in done.stdout


@pytest.mark.parametrize("arguments", [["trafic"], ["--case", "rimea-99"], ["--model", "nobody"]])
def test_verify_refuses_what_is_not_there(run, arguments):
    done = run(verify_command, *arguments)
    assert isinstance(done.exception, InvalidInputError)
    assert "one of" in done.exception.hint


def test_case_ids_are_unique():
    ids = [one.id for one in suite.list_cases("crowd")]
    assert len(ids) == len(set(ids))


def test_bench_rows(run):
    done = run(
        bench_command, "crowd", "--people", "200", "--threads", "1", "--case", "room", "--horizon", "0.5",
        "--no-peer", "--json",
    )  # fmt: skip
    assert done.exit_code == 0
    (row,) = json.loads(done.stdout)["rows"]
    assert row["case"] == "room" and row["n"] == 200 and row["threads"] == 1
    assert row["ours"] > 0 and row["peer"] is None and row["ratio"] is None


def test_bench_against_the_peer_agrees_in_the_outcome(monkeypatch):
    pytest.importorskip("jupedsim")
    measured, take_turns = {}, compare.take_turns
    monkeypatch.setattr(
        compare,
        "take_turns",
        lambda runs, *, steps: measured.update(take_turns(runs, steps=steps)) or measured,
    )
    pair = pairs.PAIRS["collision_free_speed"]
    (row,) = compare.compare_speed(["room"], [200], pair=pair, threads=[1], horizon_s=2.0)
    ours, peer = row["ours_accuracy"], row["peer_accuracy"]
    one, other = measured["1"], measured[compare.PEER]
    assert (row["ours"], row["peer"]) == (round(one.rate), round(other.rate))
    assert len(one.rates) == len(other.rates) == measure.WINDOWS
    ratios = np.array(one.rates) / np.array(other.rates)
    assert row["ratio"] == pytest.approx(np.median(ratios), abs=1e-3)
    ratios = np.array(one.cpu_rates) / np.array(other.cpu_rates)
    assert row["ratio_per_cpu"] == pytest.approx(np.median(ratios), abs=1e-3)
    assert abs(ours["out"] - peer["out"]) <= 3
    assert ours["mean_speed_m_s"] == pytest.approx(peer["mean_speed_m_s"], rel=0.1)


def test_bench_over_seeds_shows_means_and_intervals(run, monkeypatch):
    pytest.importorskip("jupedsim")
    monkeypatch.setattr(agree, "AGREE_PEOPLE", {"room": 30})
    done = run(bench_command, "--case", "room", "--seeds", "3", "--json")
    (row,) = json.loads(done.stdout)["rows"]
    flow = row["measures"]["flow_per_s"]
    assert row["seeds"] == 3 and flow["ours"][0] > 0.5 and flow["half_width"] > 0
    assert abs(row["measures"]["evacuation_s"]["difference"]) < 0.3
    assert row["blocked"] == {"ours": 0, "other": 0} and row["measures"]["share_out"]["ours"] == [1.0, 0.0]


def test_a_peer_that_gives_up_is_left_out_and_named(monkeypatch):
    pytest.importorskip("jupedsim")

    class LostRun(BlockedRun):
        def __init__(self, *_, **__):
            pass

        def start(self):
            return None

        def advance(self, steps):
            super().advance(steps)
            if self.time_s > 3.0:
                raise RuntimeError("Point is outside of accessible area")

    monkeypatch.setattr(agree, "OurRun", lambda *_, **__: agree_side())
    monkeypatch.setattr(agree, "PeerRun", LostRun)
    (row,) = agree.compare_with_peer(["room"], pair=pairs.PAIRS["collision_free_speed"], seeds=2, step_s=0.1)
    assert row["gave_up"] == ["Point is outside of accessible area (4 of 10 were out)"] * 2
    assert row["measures"] == {}


def agree_side():
    run = BlockedRun()
    run.start = lambda: None
    return run


class BlockedRun:
    """Four of ten leave, one a second; then nobody can."""

    time_s = 0.0

    @property
    def n_inside(self):
        return 10 - min(4, int(self.time_s))

    def advance(self, steps):
        self.time_s += steps * 0.1
        return steps

    def leave_times(self):
        return np.arange(1.0, 11 - self.n_inside)


def test_a_run_that_is_blocked_for_good_is_an_outcome_not_an_error(monkeypatch):
    monkeypatch.setattr(agree, "OurRun", lambda *_, **__: BlockedRun())
    rows = agree.compare_steps(
        ["room"], pair=pairs.PAIRS["collision_free_speed"], steps_s=[0.1, 0.2], seeds=2
    )
    assert rows[0]["blocked"] == {"ours": 2, "other": 2}
    assert "evacuation_s" not in rows[0]["measures"]
    assert rows[0]["measures"]["share_out"]["ours"] == [0.4, 0.0]


def test_bench_of_steps_needs_no_peer(run, monkeypatch):
    monkeypatch.setattr(agree, "AGREE_PEOPLE", {"room": 20})
    done = run(bench_command, "--case", "room", "--seeds", "2", "--steps", "0.05,0.1")
    assert done.exit_code == 0 and "0.1 s against 0.05 s" in done.stdout


def test_bench_skips_models_that_are_not_there(run, monkeypatch):
    monkeypatch.setitem(pairs.PAIRS, "missing", pairs.PAIRS["collision_free_speed"])
    done = run(bench_command, "--model", "missing", "--json")
    assert json.loads(done.stdout) == {"rows": []} and "'missing' is not part" in done.stderr


def test_bench_names_the_models_it_knows(run):
    done = run(bench_command, "--model", "nobody")
    assert isinstance(done.exception, InvalidInputError) and "collision_free_speed" in done.exception.hint


def test_intervals():
    mean, half = measure.mean_interval(np.array([1.0, 2.0, 3.0]))
    assert mean == 2.0 and half == pytest.approx(4.3027 / 3**0.5, rel=1e-4)


@pytest.mark.parametrize("value", ["0.01", "fast,slow", "0.01,2"])
def test_bench_refuses_steps_that_are_none(run, value):
    done = run(bench_command, "--steps", value)
    assert done.exit_code == 2 and "at least two steps" in done.output


@pytest.mark.parametrize("value", ["0", "many", "1,,2", "-1"])
def test_bench_refuses_numbers_that_are_none(run, value):
    done = run(bench_command, "--people", value)
    assert done.exit_code == 2 and "list of whole numbers" in done.output


def test_verify_checks_what_is_built_from_a_map(run):
    done = run(verify_command, "infrastructure", "--map", "helsinki_centre", "--case", "city-fed", "--json")
    assert done.exit_code == 0
    (row,) = json.loads(done.stdout)["cases"]
    assert row["id"] == "city-fed" and row["passed"] and "buildings" in row["measured_text"]


def test_verify_with_a_map_is_for_infrastructure(run):
    done = run(verify_command, "crowd", "--map", "helsinki_centre")
    assert isinstance(done.exception, InvalidInputError)
    done = run(verify_command, "infrastructure", "--map", "helsinki_centre", "--case", "no-such")
    assert isinstance(done.exception, InvalidInputError) and "city-fed" in str(done.exception.hint)


def test_a_law_that_is_broken_fails_the_command(run, monkeypatch):
    from impetus_sim.verification.infrastructure import city

    broken = city.city_cases
    monkeypatch.setattr(city, "city_cases", lambda opened: [*broken(opened)[:1], case("odd", 5.0)])
    done = run(verify_command, "infrastructure", "--map", "helsinki_centre", "--json")
    assert done.exit_code == 1 and json.loads(done.stdout)["failed"] == 1
