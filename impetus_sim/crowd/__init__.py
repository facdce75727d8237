"""People on foot: who they are, what they notice, where they go, how they move.

Belongs here: the table of people and everything that writes it. Does not belong here: what threatens them
(hazards), who orders them about (response), and what is measured afterwards (analysis).
"""
