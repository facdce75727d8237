"""Measures of traffic, from recordings: cumulative curves, trips, delays, queues, macroscopic diagrams, exports.

What a picture shows or a metric says of vehicles is computed here; drawing is in `report`.
"""
