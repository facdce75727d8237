"""Crews and tankers that drive to broken and dry assets, in which order they go, and how service comes back.

Belongs here: depots, staff, parts and orders of work. What a repair sets free is said by
`services`; live travel times are given from outside.
"""
