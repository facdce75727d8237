"""User equilibria: nobody could save time by another way, in a static network and over the simulation's loading.

Belongs here: finding them, and measuring how far a state is from one. Does not belong here: how drivers find ways
during a run (`routing`).
"""
