"""Sessions for trainers: a recording served to a browser as chunks of frames, events, causes and branches.

Pages for planners are made by `report`. What is shown is read from recordings only; nothing here knows live
objects.
"""
