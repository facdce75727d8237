"""A well, a pump, a tank and two junctions, as an EPANET file."""

SMALL = """[JUNCTIONS]
 a 0 10
 b 5 20 day
[RESERVOIRS]
 well 0
[TANKS]
 tower 40 5 1 9 10 0
[PIPES]
 p1 a b 500 300 120 0 Open
 p2 b tower 100 300 120 0 Open
[PUMPS]
 pump well a HEAD 1
[CURVES]
 1 60 60
[PATTERNS]
 day 1 1 1 1 1 1 1.5 1.5 1.5 1.5 1 1
 day 1 1 1 1 1 1 1 1 1 1 1 1
[CONTROLS]
{controls}
[RULES]
{rules}
[TIMES]
 Duration 24:00
 Hydraulic Timestep 1:00
 Rule Timestep 0:06
 Pattern Timestep 1:00
 Report Timestep 1:00
[OPTIONS]
 Units LPS
 Headloss H-W
 Accuracy 0.00001
 Pattern none
{options}
[END]
"""

CONTROLS = " LINK pump OPEN IF NODE tower BELOW 3\n LINK pump CLOSED IF NODE tower ABOVE 8"
RULES = """RULE 1
IF TANK tower LEVEL BELOW 3
THEN PUMP pump STATUS IS OPEN
RULE 2
IF TANK tower LEVEL ABOVE 8
THEN PUMP pump STATUS IS CLOSED"""


def write_small(folder, *, controls=CONTROLS, rules="", options=""):
    path = folder / "small.inp"
    path.write_text(SMALL.format(controls=controls, rules=rules, options=options), "utf-8")
    return path
