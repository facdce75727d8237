"""Many runs to ranked options: the study folder, workers, paired comparison.

Belongs here: what starts runs through the engine's public functions and puts their results side by side.
Does not belong here: measures of one recording and statistics (`analysis`), pages and pictures (`report`).
Modules that worker processes load first (`worker`, `outcome`, `store`) import nothing heavy.
"""
