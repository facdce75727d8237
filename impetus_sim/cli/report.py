"""`impetus report`: the brief of a study or a run as one HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from impetus_sim.errors import InvalidInputError


@click.command(name="report", epilog="Example: impetus report study/ -o brief.html")
@click.argument("source", type=click.Path(path_type=Path), metavar="RUN_OR_DIR")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="BRIEF.html")
def report_command(source: Path, output: Path) -> None:
    """Write the brief of a study folder, or of one recording: a single HTML file that needs no network."""
    _require_html(output)
    if source.is_dir() and not source.name.endswith(".parts"):
        from impetus_sim.planning.study import Study
        from impetus_sim.report.brief import render_brief

        path = render_brief(Study.load(source), output)
    else:
        from impetus_sim.recording.reader import open_recording
        from impetus_sim.report.brief import render_run_brief

        path = render_run_brief(open_recording(source), output)
    click.echo(f"brief: {path}")


def _require_html(output: Path) -> None:
    from impetus_sim.cli.animate import require_folder

    if output.suffix.lower() == ".pdf":
        raise InvalidInputError(
            f"'{output}' would be a PDF, and PDF comes with a later version",
            hint=f"-o {output.with_suffix('.html')}, and print that to a PDF from a browser",
        )
    if output.suffix.lower() not in (".html", ".htm"):
        raise InvalidInputError(f"'{output}' does not end in .html", hint="briefs are written as HTML")
    require_folder(output)
