"""What every brief says about what the numbers rest on, and what they cannot say."""

from __future__ import annotations

ASSUMPTIONS = (
    "People are synthetic: drawn from profiles (adult, older adult, child, wheelchair user) with "
    "walking speeds and reaction times from published studies. Nobody real is described.",
    "People walk by a published model (the scenario names it): they head for an exit, slow down behind "
    "others, and never pass through a wall. They do not fall or push.",
    "Everyone knows the exits they may use, and walks alone, unless the scenario says otherwise (groups, familiar "
    "exits, helpers).",
    "Density is measured with a kernel of 1 m radius; above 4 people per m² a crowd moves with "
    "difficulty, above 6 it can move people against their will. Staying below is no guarantee of "
    "safety.",
)

TRAFFIC_ASSUMPTIONS = (
    "Vehicles queue by the theory of traffic waves: a street passes so many an hour, a full one holds up the "
    "streets that lead into it. Trips are those that the scenario states or draws; no counts were fitted.",
    "Plans of traffic lights are guessed from the lanes of the streets, for maps do not hold them. Drivers learn "
    "of jams late or not at all, by shares that the scenario states.",
)
"""Said besides of runs with vehicles."""

INFRASTRUCTURE_ASSUMPTIONS = (
    "Cables, masts, pipes and controllers that the map does not hold are made by rules with sources. They are "
    "plausible in number, size and place, and are no record of real ones.",
    "People who are supplied are those whom buildings hold at their fullest, by floor area: more than live there. "
    "Batteries, fuel and times of repair are typical figures, not those of this city.",
)
"""Said besides of runs with infrastructure."""

LIMITS = (
    "The model is checked against published experiments and guideline cases (impetus verify); it "
    "has not been calibrated to this place. Trust the comparison of options more than any single "
    "number.",
    "Injuries and deaths are not predicted: where casualties are given, they are ranges by stated laws. 'Exposed' "
    "means within reach of the danger, not harmed.",
    "What is not on the map is not in the result: parked cars, stalls, steps, locked gates. Check "
    "the picture of the ground with someone who knows the place.",
    "The result supports a decision; it does not take it. Whoever is responsible on site decides.",
)

HOW_TO_READ = (
    "Each option met exactly the same people and the same danger in run after run, so the "
    "difference within a pair is due to the option. The interval says how far the true average "
    "difference may lie from the one found, as far as chance is concerned: in {percent} of 100 "
    "such studies it would contain it. It does not cover errors of the model or of the map."
)

CASUALTIES = (
    "No casualty curve for crowds has been validated. Each row is what a stated law makes of the doses that people "
    "received in the simulation: a range under the law's name, not a forecast. Laws may disagree; compare options "
    "within one law. Falls and trampling are not modelled."
)
"""Said above every table of casualties."""

ONE_RUN_LIMIT = (
    "This is one run. Another seed gives other numbers; no choice between options should rest on "
    "it. Use impetus compare for that."
)
"""Said instead where there is nothing to compare."""
