"""Units of the `response` section: police, fire, ambulance, road and grid crews, stations, hospitals, care."""

from __future__ import annotations

from typing import Annotated, Literal

from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, FixedCount, FixedNumber, Metres, Seconds, Share, limits
from impetus_sim.scenario.spec import Spec

UnitKind = Literal["police", "fire", "ambulance", "road_crew", "grid_crew"]


class Station(Spec):
    """A place where units wait.

    Parameters
    ----------
    at
        Where it is.
    """

    at: Place


class UnitGroup(Spec):
    """Units of one kind that set out from the same stations.

    Parameters
    ----------
    unit
        ``police``, ``fire``, ``ambulance``, ``road_crew`` or ``grid_crew``.
    count
        How many, each a vehicle with its crew.
    station
        Names of `response.stations`, over which they are spread in turn; when left out, the map's police stations,
        fire stations and hospitals (for ambulances), and for crews its depots.
    crew
        People in each; by kind when left out (fire 4, others 2).
    turnout
        Time from the order to setting out from the station, s; by kind when left out (ambulance 60 s, fire 80 s
        as in NFPA 1710; police 30 s, crews 300 s, chosen).
    stay
        How long they stay at a scene where nothing ends their work sooner, s; by kind when left out (ambulances 10
        min after the last patient, others 30 min, chosen).
    shift_begins, shift_hours
        Hour of the day at which they begin, and hours for which they take missions.
    """

    unit: UnitKind
    count: Annotated[FixedCount, limits(low=1, high=1000)] = 1
    station: Texts = ()
    crew: Annotated[Count, limits(low=1, high=100)] | None = None
    turnout: Seconds | None = None
    stay: Seconds | None = None
    shift_begins: Annotated[FixedNumber, limits(low=0.0, high=23.99)] = 0.0
    shift_hours: Annotated[FixedNumber, limits(above=0.0, high=24.0)] = 24.0

    def references(self) -> list[tuple[str, str, str]]:
        """Return the stations that it names."""
        return [(f"station.{k}", "stations", name) for k, name in enumerate(self.station)]


class Hospital(Spec):
    """Where the injured are taken.

    Parameters
    ----------
    at
        Where it is.
    beds
        For the injured of the run (chosen: 20).
    asset
        Its id among what the city runs on, such as ``hospital_1``: it has fewer beds while that gives less.
    """

    at: Place
    beds: Annotated[Count, limits(high=100_000)] = 20
    asset: str | None = None


class Dispatch(Spec):
    """Who is sent.

    Parameters
    ----------
    rule
        Of the free units of the kind: ``nearest_by_time`` as ways are now, or ``nearest_by_distance``.
    redeploy
        Whether free units cover stations that are left without one of their kind.
    """

    rule: Literal["nearest_by_time", "nearest_by_distance"] = "nearest_by_time"
    redeploy: bool = True


class Care(Spec):
    """How the injured are cared for.

    Parameters
    ----------
    triage
        ``START`` or ``SALT``.
    triage_time
        For one person, s; START asks for less than a minute, 30 s are usual (recalled).
    immediate_time, delayed_time
        Treatment on the spot before transport, s; ten minutes at most is the rule for the badly hurt (recalled),
        five for others (chosen).
    loading_time
        s (chosen).
    handover_time
        At the hospital until the unit is free, s; 15 min is the target of the NHS in England (recalled).
    scene_radius
        A crew cares for whoever is within this distance of where it was sent, m (chosen).
    under_triage, over_triage
        Shares that crews triage one category too low and too high; 0.1 and 0.14 in the mean of 32 studies (Franc et
        al. 2022, Prehospital and Disaster Medicine 37: 106-116, recalled).
    """

    triage: Literal["START", "SALT"] = "START"
    triage_time: Annotated[Seconds, limits(above=0.0)] = 30.0
    immediate_time: Annotated[Seconds, limits(above=0.0)] = 600.0
    delayed_time: Annotated[Seconds, limits(above=0.0)] = 300.0
    loading_time: Annotated[Seconds, limits(above=0.0)] = 180.0
    handover_time: Annotated[Seconds, limits(above=0.0)] = 900.0
    scene_radius: Annotated[Metres, limits(above=0.0, high=10_000.0)] = 150.0
    under_triage: Annotated[Share, limits(high=0.5)] = 0.1
    over_triage: Annotated[Share, limits(high=0.5)] = 0.14
