"""`impetus schema`: JSON Schema of scenario files for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from impetus_sim.errors import InvalidInputError


@click.command(name="schema", epilog="Example: impetus schema -o scenario.schema.json")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE.json", help="Write to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (the schema is one anyway).")
def schema_command(output: Path | None, as_json: bool) -> None:
    """Print the JSON Schema of scenario files, with every hazard, intervention and walking model.

    Editors that know it complete keys and mark faults while typing. In VS Code with the YAML extension, put
    `# yaml-language-server: $schema=scenario.schema.json` on the first line of a scenario.
    """
    from impetus_sim.scenario.schema import scenario_schema

    text = json.dumps(scenario_schema(), indent=2, ensure_ascii=False)
    if output is None:
        click.echo(text)
        return
    try:
        output.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise InvalidInputError(f"cannot write '{output}': {error.strerror}") from error
    click.echo(json.dumps({"schema": str(output)}) if as_json else f"schema: {output}")
