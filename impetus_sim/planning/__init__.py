"""Many runs to ranked options: how runs are computed, and the studies that ask for them.

Belongs here: what starts runs through the engine's public functions and puts their results side by side.
Does not belong here: measures of one recording and statistics (`analysis`), pages and pictures (`report`).
"""
