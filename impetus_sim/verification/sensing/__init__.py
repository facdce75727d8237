"""Cases of sensors: rates as set, fields of view against a plain twin, silence, false readings and lags."""
