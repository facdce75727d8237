"""People on the links of the walk network: the city around the ground that is simulated in two dimensions.

Belongs here: link tables and their step, routes over the network, the border between links and ground, the
relation of speed to density. Does not belong here: the network's geometry (`world.walk_network`).
"""
