<<<<<<< HEAD
"""Cases of power, water, telecom and their dependencies, and the laws of infrastructures built from maps."""
=======
"""Cases for infrastructure: networks against published tables, and dependencies solved by hand."""
>>>>>>> b5014c5 (impetus verify infrastructure: dependencies solved by hand, exact in order and time)
