"""From streams of readings to alerts: detectors behind one interface, their fusion and their scores.

Detectors know nothing of where a stream comes from: a run in progress, a recording, or a file of real telemetry.
"""
