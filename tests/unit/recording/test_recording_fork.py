"""A branch shares its parent's beginning and ends as a full recording of its own."""

from __future__ import annotations

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording import writer
from impetus_sim.recording.fork import fork_segments
from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import open_recording

BRANCH = Header(attributes={"title": "Branch"})


@pytest.mark.parametrize("merged", [True, False])
def test_a_branch_without_change_has_the_same_content(tmp_path, toy, read_contents, monkeypatch, merged):
    with monkeypatch.context() as patch:
        patch.setattr(writer, "has_space", lambda parts: merged)
        parent = open_recording(toy.record(tmp_path / "run.h5"))
    recorder, checkpoint = fork_segments(parent, tmp_path / "branch.h5", toy.header, 250)
    assert checkpoint.tick == 250
    branch = open_recording(tmp_path / "branch.h5")
    assert branch.ticks.tolist() == parent.ticks[:6].tolist() and not branch.is_complete
    toy._go_on(recorder, checkpoint)
    assert read_contents(open_recording(tmp_path / "branch.h5")) == read_contents(parent)


def test_a_branch_has_its_own_header_and_can_be_resumed(tmp_path, toy, read_contents):
    parent = open_recording(toy.record(tmp_path / "run.h5"))
    recorder, _ = fork_segments(parent, tmp_path / "branch.h5", BRANCH, 550)
    recorder.abort()
    resumed, checkpoint = writer.RecordingWriter.resume(tmp_path / "branch.h5")
    assert checkpoint.tick == 550
    toy._go_on(resumed, checkpoint)
    branch = open_recording(tmp_path / "branch.h5")
    assert branch.attributes["title"] == "Branch"
    assert branch.attributes["recording_id"] != parent.attributes["recording_id"]
    assert read_contents(branch) == read_contents(parent)


def test_what_cannot_be_branched(tmp_path, toy):
    parent = open_recording(toy.record(tmp_path / "run.h5"))
    with pytest.raises(InvalidInputError, match=r"no checkpoint at 1 s .*2.5, 5.5"):
        fork_segments(parent, tmp_path / "branch.h5", BRANCH, 100)
    with pytest.raises(InvalidInputError, match="cannot overwrite its parent"):
        fork_segments(parent, tmp_path / "run.h5", BRANCH, 250)
    assert [file.name for file in tmp_path.iterdir()] == ["run.h5"]
