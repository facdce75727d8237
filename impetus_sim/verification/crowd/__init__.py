"""Cases for people on foot: one module per case family, each with a tuple `CASES`."""
