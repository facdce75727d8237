"""Cases for traffic: closed forms of kinematic waves, signals, and equilibria."""
