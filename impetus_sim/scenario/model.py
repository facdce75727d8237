"""The typed scenario: sections, cross-checks, drawing, and changed copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr, StringConstraints, model_validator

from impetus_sim.scenario.city_map import MapSource
from impetus_sim.scenario.clock import Time
from impetus_sim.scenario.crowd import Crowd
from impetus_sim.scenario.cyber import Cyber
from impetus_sim.scenario.detection import Detection
from impetus_sim.scenario.economics import Economics
from impetus_sim.scenario.infrastructure import Infrastructure
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import FixedNumber, FixedSeconds, limits
from impetus_sim.scenario.response import Response
from impetus_sim.scenario.sensing import Sensing
from impetus_sim.scenario.spec import Entries, Named, Spec, none_is_empty, refuse
from impetus_sim.scenario.traffic import Traffic
from impetus_sim.scenario.weather import WeatherSection

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

Title = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(max_length=20_000)]


class Record(Spec):
    """What is recorded.

    Parameters
    ----------
    frame_every
        Time between recorded frames, s; a whole number of crowd steps.
    checkpoint_every
        Time between checkpoints, s; a whole number of crowd steps.
    positions
        Whether frames hold the position of every person.
    """

    frame_every: Annotated[FixedSeconds, limits(above=0.0)] = 0.5
    checkpoint_every: Annotated[FixedSeconds, limits(above=0.0)] = 60.0
    positions: bool = True


def _whole(raw: Any) -> Any:
    if isinstance(raw, bool) or (isinstance(raw, float) and raw != raw // 1):
        refuse(f"{str(raw).lower()} is not a whole number", allowed="a whole number")
    return raw


class Run(Spec):
    """How a run is made when the command line does not say.

    Parameters
    ----------
    seed
        Seed of all randomness.
    threads
        Threads used; the result does not depend on it.
    """

    seed: Annotated[int, BeforeValidator(_whole), Field(ge=0, lt=2**63)] = 1
    threads: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=256)] = 1


def _list_or_range(raw: Any) -> Any:
    if isinstance(raw, list | tuple) and raw:
        return tuple(raw)
    if isinstance(raw, str | dict) and raw:
        return raw
    refuse(f"{raw!r} leaves nothing to choose", allowed="a list of values, or a range such as 15 s to 60 s")


class Variant(Spec):
    """A named change of the scenario.

    Parameters
    ----------
    title
        For tables and briefs.
    description
        What is different and why.
    change
        Keys as in the scenario; merged deeply, null removes.
    cost
        What it costs besides its interventions, for ``impetus plan``.
    vary
        Dotted keys, and for each the list of values or the range (such as ``15 s to 60 s``) from which
        ``impetus plan`` may choose.
    """

    title: LongText = ""
    description: LongText = ""
    change: dict[str, Any] = Field(default_factory=dict)
    cost: Annotated[FixedNumber, limits(low=0.0)] = 0.0
    vary: dict[str, Annotated[Any, BeforeValidator(_list_or_range)]] = Field(default_factory=dict)


class Scenario(Spec):
    """A whole scenario; attributes mirror the keys of the file, values are SI.

    Use `impetus_sim.scenario.load.load_scenario` to read one.

    Parameters
    ----------
    title, description, label
        For tables, pages and pictures.
    sources
        What it is made after: reports, plans, data.
    map, time, weather
        Where, when, and in which weather.
    crowd, traffic, infrastructure, cyber
        People on foot, vehicles, what the city runs on, and its control networks; those left out are not there.
    sensing, detection
        What can be seen, and what is made of it.
    hazards, interventions
        What threatens and what is done about it, by name.
    response
        Who acts: staff, control rooms, units, playbooks.
    economics
        What an hour lost is worth; without it no loss is told in euros.
    record, run
        What is recorded, and how a run is made.
    variants
        Named changes of the scenario.
    """

    title: Title
    description: LongText = ""
    sources: Texts = ()
    label: LongText = ""
    map: MapSource
    time: Time
    crowd: Crowd = Field(default_factory=Crowd)
    traffic: Traffic | None = None
    infrastructure: Infrastructure | None = None
    cyber: Cyber | None = None
    detection: Detection | None = None
    sensing: Sensing | None = None
    weather: WeatherSection | None = None
    hazards: Entries[Annotated[Spec, OneOf("hazards")]] = Field(default_factory=Named)
    response: Annotated[Response, BeforeValidator(none_is_empty)] = Field(default_factory=Response)
    interventions: Entries[Annotated[Spec, OneOf("interventions")]] = Field(default_factory=Named)
    economics: Economics | None = None
    record: Annotated[Record, BeforeValidator(none_is_empty)] = Field(default_factory=Record)
    run: Annotated[Run, BeforeValidator(none_is_empty)] = Field(default_factory=Run)
    variants: Entries[Variant] = Field(default_factory=Named)

    _source: Path | None = PrivateAttr(default=None)
    _variant: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _check(self) -> Scenario:
        from impetus_sim.scenario.check import check_scenario

        check_scenario(self)
        return self

    @property
    def source(self) -> Path | None:
        """The file it was read from; None for one made in Python or read from a recording."""
        return self._source

    @property
    def variant(self) -> str:
        """Name of the variant that was chosen; empty for the base."""
        return self._variant

    @property
    def step_ticks(self) -> int:
        """Length of a crowd step in ticks."""
        return self.time.to_ticks(self.crowd.step)

    @property
    def n_people(self) -> int:
        """People of all populations (the most that can be drawn)."""
        from impetus_sim.scenario.draw import highest

        return round(sum(highest(population.count) for population in self.crowd.populations.values()))

    def open_map(self, *, progress: Callable[[str], None] | None = None) -> City:
        """Open the scenario's city; a relative file name starts from the scenario's folder.

        Parameters
        ----------
        progress
            Called with a sentence when something slow starts, such as building a map for the first time.
        """
        base = None if self._source is None else self._source.parent
        city = self.map.open(base=base, progress=progress)
        if not self.crowd.storeys:
            return city
        from impetus_sim.scenario.on_storeys import join_plans

        return join_plans(self.crowd, city, base=base, progress=progress)

    def to_text(self) -> str:
        """Return the resolved scenario as YAML that can be read again, without `run` and `variants`."""
        from impetus_sim.scenario.canonical import to_text

        return to_text(self)

    @property
    def digest(self) -> str:
        """SHA-256 of `to_text`, 64 hex digits."""
        from impetus_sim.scenario.canonical import digest_of

        return digest_of(self)

    def with_(self, **changes: Any) -> Scenario:
        """Return a copy with other values at dotted keys; None removes.

        Raises
        ------
        InvalidFilesError
            When the result is not a valid scenario.

        Examples
        --------
        >>> scenario.with_(**{"crowd.step": 0.1, "hazards.shots": None})  # doctest: +SKIP
        """
        from impetus_sim.scenario.load import change_scenario

        return change_scenario(self, changes)

    def draw(self, seed: int, replicate: int = 0) -> Scenario:
        """Return a copy in which every distribution is a number.

        Each key has its own stream, so a scenario that leaves a key alone gets the same number.

        Parameters
        ----------
        seed
            The run's or study's seed, 0 or more.
        replicate
            Index of the replicate.
        """
        from impetus_sim.scenario.sampling import draw_scenario

        return draw_scenario(self, seed, replicate)

    def draws(self) -> Mapping[str, Any]:
        """Return the distributions by dotted key."""
        from impetus_sim.scenario.draw import Draw
        from impetus_sim.scenario.spec import walk

        return {".".join(map(str, path)): value for path, value in walk(self) if isinstance(value, Draw)}
