"""One run as an RO-Crate: recording, resolved scenario, metrics, map, software, seeds, and the command."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.crate.provenance import Activity, CrateBuilder, Maker
from impetus_sim.recording.reader import Recording


def export_run_crate(recording: Recording, folder: Path, *, maker: Maker) -> list[str]:
    """Write a finished run as a crate into a new folder and return the names of its files.

    When it ran is read from the recording's file: it is written last, and says how long the run took.

    Raises
    ------
    InvalidInputError
        When the run is not finished, the folder is not empty, or rocrate is not installed.
    """
    if not recording.is_complete:
        raise InvalidInputError(
            f"'{recording.path}' is not finished", hint="finish it with impetus run --resume"
        )
    said, summary = recording.attributes, recording.summary
    ended = datetime.fromtimestamp(recording.path.stat().st_mtime, UTC).replace(microsecond=0)
    started = ended - timedelta(seconds=round(float(summary.get("wall_seconds", 0.0))))
    title = str(said.get("title", recording.path.stem))
    builder = CrateBuilder(
        name=f"Run of '{title}', seed {said['seed']}",
        description=f"One simulated run of '{title}' by impetus_sim {said['engine_version']}; synthetic people.",
        maker=maker,
        published=ended,
    )
    software = builder.add_software(str(said["engine_version"]), json.loads(str(said.get("versions", "{}"))))
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / "scenario.yaml").write_text(str(said["scenario"]), "utf-8")
        metrics = {name: metric.to_dict() for name, metric in compute_metrics(recording).items()}
        (scratch / "metrics.json").write_text(
            json.dumps(metrics, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
        scenario = builder.add_file(
            scratch / "scenario.yaml",
            name="scenario.yaml",
            form="application/yaml",
            about="Resolved scenario",
        )
        seeds = [builder.add_value(key, int(said[key])) for key in ("seed", "replicate")]
        digests = [
            builder.add_value(key, str(said[key])) for key in ("scenario_digest", "run_key", "kernel_hash")
        ]
        results = [
            builder.add_file(recording.path, name="run.h5", form="application/x-hdf5", about="Recording"),
            builder.add_file(
                scratch / "metrics.json",
                name="metrics.json",
                form="application/json",
                about="Metrics",
            ),
            builder.add_value("digest", str(summary["digest"])),
        ]
        replicate = f" --replicate {said['replicate']}" if int(said["replicate"]) else ""
        done = Activity(
            name=f"impetus_sim run of '{title}'",
            command=f"impetus run scenario.yaml --seed {said['seed']}{replicate} -o run.h5",
            started=started,
            ended=ended,
            used=[scenario, builder.add_map(said), *seeds, *digests],
            generated=results,
        )
        builder.add_action(done, software)
        return builder.write(folder)
