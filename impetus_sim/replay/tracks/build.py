"""All layers of standing things that a run has."""

from __future__ import annotations

from impetus_sim.analysis.causes import Trace
from impetus_sim.recording.reader import Recording
from impetus_sim.replay.tracks.assets import build_asset_tracks
from impetus_sim.replay.tracks.base import Track
from impetus_sim.replay.tracks.sensors import build_sensor_track
from impetus_sim.replay.tracks.ways import build_way_tracks


def build_tracks(recording: Recording, trace: Trace) -> dict[str, Track]:
    """Return the layers by name, in the order in which they are listed."""
    tracks = [
        *build_way_tracks(recording, trace),
        *build_asset_tracks(recording, trace),
        *build_sensor_track(recording),
    ]
    return {track.name: track for track in tracks}
