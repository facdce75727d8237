"""Built cities, kept in the user's cache folder under the digest of source, options and builder."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
from functools import lru_cache
from pathlib import Path

BUILDER_PACKAGES = ("osmium", "osmnx", "shapely", "geopandas", "networkx", "pyproj", "numpy")


def cache_folder() -> Path:
    """Return the folder of built cities (``IMPETUS_CACHE`` names another root)."""
    root = os.environ.get("IMPETUS_CACHE")
    if root:
        return Path(root) / "maps"
    import platformdirs

    return Path(platformdirs.user_cache_dir("impetus_sim")) / "maps"


def cached_path(source: Path, *, bbox: tuple[float, float, float, float] | None, name: str) -> Path:
    """Return where the city built from a file is, or would be, kept.

    Parameters
    ----------
    source
        The OSM file; its content is hashed, not its name or time.
    bbox
        Working area in degrees.
    name
        Name of the city.
    """
    with source.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    key = hashlib.sha256(f"{content} {bbox} {name} {builder_hash()}".encode()).hexdigest()[:24]
    return cache_folder() / f"{name}-{key}.gpkg"


@lru_cache(maxsize=1)
def builder_hash() -> str:
    """Return a hash of the code of this package and the versions of what it builds with."""
    chain = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        chain.update(path.name.encode())
        chain.update(path.read_bytes())
    for package in BUILDER_PACKAGES:
        chain.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    return chain.hexdigest()
