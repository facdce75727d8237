"""The city as arrays, and the tables through which systems meet.

Belongs here: walkable ground with walls and exits, distance fields, events, stimuli, threats, orders. Does
not belong here: anything that acts (people, hazards, responders) and anything that reads scenario files.
"""
