"""Vehicles on the drive network: demand, routes, signals, and how vehicles move.

Belongs here: what vehicles do and the state of the network they use. Does not belong here: people on foot
(`crowd`), who may cut a signal's power (`infrastructure`, `cyber`), and how the two meet (`engine.couple`).
"""
