"""Who acts on what happens: a commander who decides, staff who carry it out, and the interventions.

Belongs here: triggers, crews, interventions (one file each). Interventions write orders, stimuli and edits of
the world; they never touch people.
"""
