"""Units of police, fire, ambulance, road and grid services: dispatch, driving, care of the injured, hospitals.

Belongs here: who is sent where, what a crew does at a scene, what becomes of the injured. How long a way takes and
who drives through traffic is asked for through `travel.Travel` and the tables of `world.units`.
"""
