"""What a run does to people: density, crowd pressure, gases, and laws that turn them into ranges of casualties.

Here: the behaviour that keeps each person's doses, and the laws (`laws`, `smoke_speed`), one file each. Not here:
fields of smoke and gas (`world`), what emits them (`hazards`), and the measures of a recording (`analysis`).
"""
