"""`impetus bench water` measures both sides and shows that they agree."""

import json

import pytest
from click.testing import CliRunner

from impetus_sim.cli.main import cli

pytest.importorskip("wntr")


def test_a_row_for_each_network():
    done = CliRunner().invoke(cli, ["bench", "water", "--case", "Net1", "--rounds", "1", "--json"])
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)["rows"]
    assert row["case"] == "Net1" and row["nodes"] == 11
    assert row["ours_s"] > 0 and row["peer_s"] > 0 and row["ratio"] > 0
    assert row["largest_difference_m"] < 1e-3


def test_ours_alone():
    done = CliRunner().invoke(cli, ["bench", "water", "--case", "Net1", "--rounds", "1", "--no-peer"])
    assert done.exit_code == 0, done.output
    assert "peer: none" in done.stdout
