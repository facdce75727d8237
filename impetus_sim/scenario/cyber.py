"""Attackers and defenders of the control network."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.faults import Fault, nearest_name
from impetus_sim.scenario.hand_assets import HandAssets
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.places import listed
from impetus_sim.scenario.quantities import Count, Number, Seconds, limits
from impetus_sim.scenario.spec import Entries, Named, Spec, none_is_empty, refuse

DefenceName = Literal[
    "segmentation",
    "multi_factor",
    "mail_filter",
    "patching",
    "signed_messages",
    "locked_programs",
    "monitoring",
    "backups",
]
EffectName = Literal[
    "all_red",
    "dark",
    "stuck",
    "unseen",
    "out_of_hand",
    "switched_off",
    "false_reading",
    "blind",
    "old_picture",
    "silent",
    "false_alarm",
    "blank",
    "false_text",
    "data_wiped",
]
ZONES = ("outside", "office", "dmz", "control", "field")


class Goal(Spec):
    """What an attacker wants.

    Parameters
    ----------
    assets
        Ids of assets, with ``*`` and ``?``; one or a list.
    effect
        What they shall be left in.
    """

    assets: Texts
    effect: EffectName


class Attacker(Spec):
    """One attacker.

    Parameters
    ----------
    goals
        What is wanted; only steps that lead there are tried.
    entry
        Where they come in: outside, or who is inside already: office, dmz, control, field (the zones of every
        centre), or nodes by id, with ``*`` and ``?``.
    start
        When they begin, s.
    pace
        What the times of the template are multiplied by: below 1 for the skilled, or for an attack whose long
        beginning lies before the run.
    strike
        Before this nothing is done to any asset, s; at once when left out.
    """

    goals: Annotated[tuple[Goal, ...], BeforeValidator(lambda raw: [raw] if isinstance(raw, dict) else raw)]
    entry: Texts = ("outside",)
    start: Seconds = 0.0
    pace: Annotated[Number, limits(above=0.0, high=100.0)] = 1.0
    strike: Seconds | None = None

    @model_validator(mode="after")
    def _check(self) -> Attacker:
        if not self.goals:
            refuse("an attacker without a goal does nothing", key="goals", allowed="at least one goal")
        if not self.entry:
            refuse("an attacker who comes in nowhere does nothing", key="entry", allowed=", ".join(ZONES))
        return self


class Task(Spec):
    """What a task of the defenders takes.

    Parameters
    ----------
    takes
        Time, s.
    staff
        People who are busy with it.
    """

    takes: Seconds
    staff: Annotated[Count, limits(low=1, high=1000)] = 1


class Assess(Task):
    """Look into what was noticed."""

    takes: Seconds = 3600.0


class Isolate(Task):
    """Take a node off the network."""

    takes: Seconds = 1800.0


class Restore(Task):
    """Set a node up again; a quarter of the time where backups are a defence."""

    takes: Seconds = 172_800.0
    staff: Annotated[Count, limits(low=1, high=1000)] = 2


class Patch(Task):
    """Close the way in for good."""

    takes: Seconds = 28_800.0


class ByHand(Task):
    """Go to an asset and work it there."""

    takes: Seconds = 5400.0


class Defenders(Spec):
    """Who responds; what is left out is not done, but for assessing, without which nothing else begins.

    Parameters
    ----------
    staff
        People.
    assess, isolate, restore, patch, by_hand
        What each kind of task takes. ``{}`` for the times by default, which are assumptions.
    """

    staff: Annotated[Count, limits(low=1, high=10_000)]
    assess: Annotated[Assess, BeforeValidator(none_is_empty)] = Field(default_factory=Assess)
    isolate: Isolate | None = None
    restore: Restore | None = None
    patch: Patch | None = None
    by_hand: ByHand | None = None

    @model_validator(mode="after")
    def _check(self) -> Defenders:
        for name in ("assess", "isolate", "restore", "patch", "by_hand"):
            task = getattr(self, name)
            if task is not None and highest(task.staff) > lowest(self.staff):
                refuse(
                    f"{highest(task.staff):g} people are needed and {lowest(self.staff):g} are there",
                    key=f"{name}.staff",
                    allowed=f"at most {lowest(self.staff):g} (staff)",
                )
        return self


class Cyber(Spec):
    """The control network: how it is attacked, and how it is defended.

    Parameters
    ----------
    assets
        By hand, where the city's own are not wanted.
    defences
        Those in place.
    attackers
        By name.
    defenders
        Who responds; nobody when left out.
    """

    assets: HandAssets = Field(default_factory=Named)
    defences: Annotated[tuple[DefenceName, ...], BeforeValidator(listed)] = ()
    attackers: Entries[Attacker] = Field(default_factory=Named)
    defenders: Defenders | None = None

    @model_validator(mode="after")
    def _check(self) -> Cyber:
        if len(set(self.defences)) < len(self.defences):
            refuse("a defence is named twice", key="defences")
        return self


def check_goals(cyber: Cyber) -> Iterator[Fault]:
    """Yield a fault for every goal that fits none of the assets written by hand, where there are any."""
    for name, attacker in cyber.attackers.items() if cyber.assets else ():
        for k, goal in enumerate(attacker.goals):
            for pattern in goal.assets:
                if not any(fnmatchcase(asset, pattern) for asset in cyber.assets):
                    yield Fault(
                        ("cyber", "attackers", name, "goals", k, "assets"),
                        f"'{pattern}' fits no asset",
                        ", ".join(sorted(cyber.assets)[:20]),
                        nearest_name(pattern, cyber.assets),
                        pattern,
                        "hand_assets",
                    )
