"""Who drives: entries of `traffic.demand`, and everyday trips that are given up."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.od_table import OUT, OdRow, TableText, rows_of
from impetus_sim.scenario.places import Place, parse_place
from impetus_sim.scenario.quantities import Count, Metres, Number, Seconds, Share, limits
from impetus_sim.scenario.spec import Entries, Named, Spec, refuse
from impetus_sim.scenario.sumo_file import TYPE, SumoRow, SumoText
from impetus_sim.scenario.sumo_file import rows_of as rows_of_file
from impetus_sim.scenario.time_profile import TimeProfile, check_profile
from impetus_sim.scenario.zones import ZonePlaces


class Demand(Spec):
    """Trips of one kind.

    Parameters
    ----------
    start, end
        Vehicles set out between these, s from the start of the run.
    trucks
        Share of trucks among them.
    """

    kind: ClassVar[str]

    start: Seconds = 0.0
    end: Annotated[Seconds, limits(above=0.0)] = 3600.0
    trucks: Share = 0.0

    @model_validator(mode="after")
    def _check(self) -> Demand:
        if highest(self.start) >= lowest(self.end):
            refuse(f"end is not after start ({highest(self.start):g} s)", key="end")
        return self


class Gravity(Demand):
    """Everyday trips between the buildings of the map, fewer the farther apart, and through its edges.

    Parameters
    ----------
    trips
        Vehicles.
    mean_distance
        Mean distance of the exponential decay, m.
    through
        Share of trip ends at the map's edge, by the capacity of the streets that leave it there.
    profile
        When they set out: see `impetus_sim.scenario.time_profile`.
    daily
        Whether `trips` are those of a whole day, of which the profile's part from `start` to `end` is made.
    """

    kind = "gravity"

    trips: Annotated[Count, limits(low=1)]
    mean_distance: Annotated[Metres, limits(above=0.0)] = 2500.0
    through: Share = 0.3
    profile: TimeProfile = "even"
    daily: bool = False

    @model_validator(mode="after")
    def _check_profile(self) -> Gravity:
        check_profile(self.profile, self.start, self.end, daily=self.daily)
        return self


class Flight(Demand):
    """People who leave an area by car: households at its buildings, one car each where they have one.

    Parameters
    ----------
    at
        The area.
    people_per_car
        People of the map's estimate for each car that leaves.
    mean_delay
        Mean time from `start` until a household sets out, s; Rayleigh distributed, and cut at `end`.
    to
        A place, or ``out`` for the streets that leave the map, nearest first.
    """

    kind = "flight"

    at: Place
    people_per_car: Annotated[Number, limits(above=0.0)] = 2.5
    mean_delay: Annotated[Seconds, limits(above=0.0)] = 900.0
    to: Annotated[Place | None, BeforeValidator(lambda raw: None if raw == "out" else raw)] = None


class Trips(Demand):
    """A number of vehicles from one place to another.

    Parameters
    ----------
    trips
        Vehicles.
    origin, destination
        Places; the junction nearest to each is taken.
    vehicles
        Their class.
    """

    kind = "trips"

    trips: Annotated[Count, limits(low=1)]
    origin: Place
    destination: Place
    vehicles: Literal["car", "truck", "bus"] = "car"


class Period(Spec):
    """When the trips of some rows of a table set out.

    Parameters
    ----------
    start, end, profile
        As those of the entry.
    """

    start: Seconds = 0.0
    end: Annotated[Seconds, limits(above=0.0)]
    profile: TimeProfile = "even"

    @model_validator(mode="after")
    def _check(self) -> Period:
        if highest(self.start) >= lowest(self.end):
            refuse(f"end is not after start ({highest(self.start):g} s)", key="end")
        check_profile(self.profile, self.start, self.end, daily=False)
        return self


class OdTrips(Demand):
    """Trips of an origin-destination table.

    Parameters
    ----------
    table
        A CSV file beside the scenario: origin, destination, trips, and if wanted class and period.
    zones
        Where its zones are: places by name, or a file of areas. Zones are names on the map when left out. ``out``
        stands for the streets that leave the map.
    scale
        Factor on all trips.
    profile, daily
        As in `Gravity`, for rows without a period.
    periods
        Those that rows name.
    """

    kind = "od"

    table: TableText
    zones: ZonePlaces = Field(default_factory=Named)
    scale: Annotated[Number, limits(above=0.0, high=1000.0)] = 1.0
    profile: TimeProfile = "even"
    daily: bool = False
    periods: Entries[Period] = Field(default_factory=Named)

    @property
    def rows(self) -> list[OdRow]:
        """The table."""
        return rows_of(self.table)

    @model_validator(mode="after")
    def _check_table(self) -> OdTrips:
        check_profile(self.profile, self.start, self.end, daily=self.daily)
        rows = self.rows
        used = {zone for row in rows for zone in (row.origin, row.destination)} - {OUT}
        if not self.zones:
            places = {name: parse_place(name) for name in sorted(used)}
            self.__dict__["zones"] = Named(places)
        unknown = sorted(used - set(self.zones))
        if unknown:
            refuse(
                f"{len(unknown)} zones of the table are not among the zones: {', '.join(unknown[:10])}",
                key="zones",
                allowed=", ".join([*self.zones][:20]),
            )
        periods = sorted({row.period for row in rows} - {""} - set(self.periods))
        if periods:
            refuse(
                f"the table names periods that are not given: {', '.join(periods[:10])}",
                key="periods",
                allowed=", ".join(self.periods) or "periods: {NAME: {start, end}}",
            )
        return self


class SumoTrips(Demand):
    """Trips, vehicles and flows of a SUMO file, on streets by the OpenStreetMap ways in the ids of its edges.

    Parameters
    ----------
    file
        See `impetus_sim.scenario.sumo_file`.
    begin
        Time of the file at which the run starts, s.
    types
        Classes of types that the file does not hold, since they stand in another: ``{private: car, line_5: bus}``.
    unmatched
        Largest share of vehicles that may be left out since they cannot be placed on the map.
    routes
        ``keep``: who has a route in the file keeps to it, and waits before a closed street. ``free``: drivers find
        their own way from its start to its end.
    """

    kind = "sumo"

    file: SumoText
    end: Annotated[Seconds, limits(above=0.0)] = 86_400.0
    begin: Seconds = 0.0
    types: Annotated[
        dict[str, Literal["car", "truck", "bus", "emergency"]],
        AfterValidator(lambda given: Named(sorted(given.items()))),
    ] = Field(default_factory=Named)
    unmatched: Share = 0.05
    routes: Literal["keep", "free"] = "keep"

    @property
    def rows(self) -> list[SumoRow]:
        """What the file holds, with the classes of `types`."""
        given = {f"{TYPE}{name}": kind for name, kind in self.types.items()}
        return [replace(row, kind=given.get(row.kind, row.kind)) for row in rows_of_file(self.file)]

    @model_validator(mode="after")
    def _check_classes(self) -> SumoTrips:
        if highest(self.trucks) > 0.0:
            refuse("classes stand in the file", key="trucks", allowed="vType with a vClass in the file")
        unknown = sorted({row.kind.removeprefix(TYPE) for row in self.rows if row.kind.startswith(TYPE)})
        if unknown:
            refuse(
                f"the file uses types that it does not hold before: {', '.join(unknown[:10])}",
                key="types",
                allowed="types: {NAME: car, truck, bus or emergency}",
            )
        return self


class BackgroundReduction(Spec):
    """Everyday trips that are given up once people hear of the crisis.

    Parameters
    ----------
    reduce_by
        Share of the trips yet to be made that is given up in the end.
    start, over
        When the first are, s; time in which the share grows from nothing, evenly, s.
    of
        Entries of the demand; all of kind gravity, od and sumo when left out.
    """

    reduce_by: Share
    start: Seconds = 0.0
    over: Seconds = 0.0
    of: Annotated[tuple[str, ...], BeforeValidator(lambda raw: (raw,) if isinstance(raw, str) else raw)] = ()

    def references(self) -> list[tuple[str, str, str]]:
        """Return the entries."""
        return [("of", "demand", name) for name in self.of]


DEMAND_KINDS: tuple[type[Demand], ...] = (Gravity, OdTrips, SumoTrips, Flight, Trips)
DemandKind = Annotated[Demand, OneOf("traffic_demand", DEMAND_KINDS)]
