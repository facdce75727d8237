"""Journeys: way-points, waiting areas and queues that people go through before they stay or leave.

Belongs here: stages as they lie on the ground, the tables of who is where on their journey, and the behaviour.
Does not: exits (chosen by `crowd.decide`) and gates (`crowd.gates`).
"""
