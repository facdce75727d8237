"""Fruin's levels of service: densities between the levels A to F, for walking and for standing in a queue.

Source: Fruin (1971), Pedestrian Planning and Design; his areas per person (walkways 3.25, 2.32, 1.39, 0.93,
0.46 m2; queues 1.21, 0.93, 0.65, 0.28, 0.19 m2) as densities.
"""

from __future__ import annotations

import numpy as np

LEVELS = "ABCDEF"
WALKWAY = np.array([0.31, 0.43, 0.72, 1.08, 2.17])
"""People/m2: A below the first, F from the last on."""
QUEUE = np.array([0.83, 1.08, 1.54, 3.57, 5.26])
