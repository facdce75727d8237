"""The one clock and the loop: assembles a scenario into systems and runs them, phase by phase.

Belongs here: phases, couplings, recording a run, checkpoint, restore, resume, branch. Does not belong here:
anything that knows how people walk or smoke spreads.
"""
