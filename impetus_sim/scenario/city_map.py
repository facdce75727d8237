"""The `map` section: which city the scenario plays in, and opening it."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from impetus_sim.scenario.drawn import read_document
from impetus_sim.scenario.quantities import Quantity
from impetus_sim.scenario.spec import Named, Spec, refuse
from impetus_sim.scenario.tree import Located

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

_FORMS = "one of source (a map's name or file), sketch (a GeoJSON file), synthetic ({kind: room, ...})"
_LENGTH = Quantity("length", low=-1e6, high=100_000.0, fixed=True)
_BEGINS_WITH_NUMBER = re.compile(r"\s*[-+.]?\s*\d")
_FILE_SUFFIXES = (".gpkg", ".osm", ".osm.xml", ".osm.pbf", ".pbf", ".xml", ".geojson", ".json")


def is_map_file(text: str) -> bool:
    """Tell whether a map's source is a file (to be looked up beside the scenario) and not a map's name."""
    return text.lower().endswith(_FILE_SUFFIXES)


def _sketch(raw: Any) -> str | None:
    """Read a drawn plan; the text of its FeatureCollection is kept, so that no file is needed later."""
    if raw is None:
        return None
    if isinstance(raw, str) and raw.lstrip().startswith("{"):
        document = json.loads(raw)
    elif isinstance(raw, str):
        document = read_document(raw, folder=raw.mark.folder if isinstance(raw, Located) else None)
        document.setdefault("name", Path(raw).stem)
    else:
        document = raw
    if not isinstance(document, Mapping) or not isinstance(document.get("features"), list):
        refuse("the sketch is not a GeoJSON FeatureCollection", allowed="a file drawn in QGIS, lon/lat")
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _synthetic(raw: Any) -> Any:
    if raw is None:
        return None
    if isinstance(raw, str):
        raw = {"kind": raw}
    if not isinstance(raw, Mapping) or not isinstance(raw.get("kind"), str):
        refuse("a synthetic map takes a kind", allowed="{kind: room, width: 30 m, depth: 20 m}")
    values = {str(key): _measure(value, str(key)) for key, value in raw.items()}
    return Named(sorted(values.items()))


def _measure(value: Any, key: str) -> Any:
    """Return a parameter of a synthetic map: lengths in metres, words and counts as they are."""
    if isinstance(value, Mapping):
        return Named(sorted((str(name), _measure(item, key)) for name, item in value.items()))
    if isinstance(value, (list, tuple)):
        return tuple(_measure(item, key) for item in value)
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) <= 100_000):
        return value
    if isinstance(value, str) and not _BEGINS_WITH_NUMBER.match(value):
        return str(value)
    try:
        return _LENGTH.parse(value)
    except PydanticCustomError as error:
        context = dict(error.context or {})
        refuse(str(context["text"]), key=key, allowed=str(context["allowed"]))


class MapSource(Spec):
    """Where the city comes from: exactly one of the fields.

    Parameters
    ----------
    source
        A map's name (``impetus map list``) or a .gpkg, .osm or .osm.pbf file.
    sketch
        A hand-drawn plan: GeoJSON file in lon/lat; held as text once read.
    synthetic
        A made map: `kind` (room, corridor, ...) and its parameters in metres.
    """

    source: str | None = None
    sketch: Annotated[str | None, BeforeValidator(_sketch)] = None
    synthetic: Annotated[dict[str, Any] | None, BeforeValidator(_synthetic)] = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, raw: Any) -> Any:
        return {"source": raw} if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _check(self) -> MapSource:
        given = [name for name in type(self).model_fields if getattr(self, name)]
        if len(given) != 1:
            refuse(f"{' and '.join(given) or 'nothing'} given", allowed=_FORMS)
        if self.synthetic is not None:
            self.__dict__["synthetic"] = Named(self.synthetic)
        return self

    @property
    def label(self) -> str:
        """Short text for messages."""
        if self.source:
            return self.source
        return "sketch" if self.sketch else f"synthetic {(self.synthetic or {})['kind']}"

    def open(self, *, base: Path | None = None, progress: Callable[[str], None] | None = None) -> City:
        """Open, read or make the city.

        Parameters
        ----------
        base
            Folder that a relative file name starts from: the scenario's.
        progress
            Called with a sentence when something slow starts.

        Raises
        ------
        InvalidInputError
            When there is no such map or it cannot be used.
        """
        if self.synthetic is not None:
            from impetus_sim.maps.synthetic import build_synthetic

            parameters = dict(self.synthetic)
            return build_synthetic(parameters.pop("kind"), **parameters)
        if self.sketch is not None:
            from impetus_sim.maps.sketch import load_sketch

            with tempfile.TemporaryDirectory(prefix="impetus-") as folder:
                path = Path(folder) / "sketch.geojson"
                path.write_text(self.sketch, "utf-8")
                return load_sketch(path)
        from impetus_sim.maps.load import open_city

        assert self.source is not None
        return open_city(self.source, base=base, progress=progress)
