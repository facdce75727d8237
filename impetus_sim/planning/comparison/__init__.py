"""Options beside a baseline on common random numbers: batches, stopping, selection, the table and its answer.

Belongs here: what says which of a few options is better and how sure that is; what options take.
Does not belong here: how runs are carried out (`planning.runs`), statistics without options (`analysis`), sets of
interventions (`planning.search`).
"""
