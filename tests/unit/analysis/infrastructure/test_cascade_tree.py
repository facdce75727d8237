"""Cascades as trees, against events written by hand."""

import numpy as np

from impetus_sim.analysis.causes import Event, Trace
from impetus_sim.analysis.infrastructure.cascade_tree import build_cascades
from impetus_sim.analysis.infrastructure.recorded import RecordedAssets

KINDS = {"feeder_1": "feeder", "block_1": "block", "block_2": "block", "signal_1": "signal"}


def assets():
    n = len(KINDS)
    return RecordedAssets(
        ids=np.array(list(KINDS)),
        kinds=np.array(list(KINDS.values())),
        basis=np.array([""] * n),
        x=np.zeros(n),
        y=np.zeros(n),
        people=np.array([0.0, 100.0, 50.0, 0.0]),
        is_mapped=np.zeros(n, bool),
        times_s=np.array([0.0]),
        level=np.ones((1, n), np.float32),
        unmet=np.zeros((1, n), np.uint8),
        end_s=10.0,
    )


def event(number, kind, subject="", causes=(), t_s=None, **data):
    return Event(
        id=number,
        t_s=float(number) if t_s is None else t_s,
        kind=kind,
        subject=subject,
        x=np.nan,
        y=np.nan,
        causes=causes,
        data=data,
    )


def test_alike_losses_are_one_branch_and_each_asset_counts_once():
    trace = Trace(
        [
            event(1, "assets_failed", "cut"),
            event(2, "damaged", "feeder_1", (1,)),
            event(3, "level_fell", "feeder_1", (2,)),
            event(4, "level_fell", "block_1", (3,)),
            event(5, "level_fell", "block_2", (3,)),
            event(6, "level_fell", "block_2", (3,)),
            event(7, "crew_sent", "crew_1", (2,)),
            event(8, "repaired", "feeder_1", (7,)),
        ]
    )
    (tree,) = build_cascades(trace, assets())
    assert (tree.kind, tree.subjects, tree.n_lost, tree.is_loss) == ("assets_failed", ("cut",), 3, False)
    (damaged,) = tree.branches
    (fell,) = damaged.branches
    assert fell.is_loss and fell.asset_kind == "feeder"
    (blocks,) = fell.branches
    assert blocks.subjects == ("block_1", "block_2") and blocks.people == 150.0
    assert (blocks.first_s, blocks.last_s) == (4.0, 6.0)


def test_what_costs_nothing_is_left_out_and_the_widest_comes_first():
    trace = Trace(
        [
            event(1, "attack_began", "intruder"),
            event(2, "mode_changed", "signal_1", (1,), mode=3),
            event(3, "assets_failed", "cut"),
            event(4, "level_fell", "block_1", (3,)),
            event(5, "level_fell", "block_2", (3, 1)),
            event(6, "phone_message", "message"),
            event(7, "mode_changed", "signal_1", (6,), mode=0),
        ]
    )
    trees = build_cascades(trace, assets())
    assert [tree.subjects for tree in trees] == [("cut",), ("intruder",)]
    assert [tree.n_lost for tree in trees] == [2, 1]
    assert trees[1].branches[0].kind == "mode_changed"


def test_long_chains_of_one_kind_are_told():
    events = [event(1, "assets_failed", "cut")]
    events += [event(n, "level_fell", "block_1", (n - 1,)) for n in range(2, 300)]
    (tree,) = build_cascades(Trace(events), assets())
    assert tree.n_lost == 1
