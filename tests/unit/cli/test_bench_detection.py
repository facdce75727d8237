"""The bench of detectors: ours always, peers where they are installed."""

import json

from click.testing import CliRunner

from impetus_sim.cli.main import cli


def test_a_small_bench_finds_the_shift():
    done = CliRunner().invoke(
        cli, ["bench", "detection", "--shift", "2", "--series", "3", "--json"], catch_exceptions=False
    )
    rows = json.loads(done.stdout)["rows"]
    ours = next(row for row in rows if row["finder"] == "cusum")
    assert ours["missed"] == 0.0 and ours["delay"] < 10.0 and ours["us"] < 5.0
