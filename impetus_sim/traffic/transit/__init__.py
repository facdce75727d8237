"""Vehicles that people board: lines and stops, timetables, fleets that go round, and who rides where.

What is served is `plan` and does not change; where every vehicle and person is, is state (`service`, `riders`).
Which streets lie between two stops is left to the trees of ways like any other trip.
"""
