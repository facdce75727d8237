"""Road networks and demand as planners exchange them: TNTP and GMNS tables, and turning them into traffic.

Belongs here: reading the formats, and links and trips made of them. Does not belong here: networks from maps
(`maps`, `world`) and the files of other simulators.
"""
