"""What operators can see: virtual twins of the sensors that cities own, and the streams of readings they send.

Here belongs how a sensor sees, misses and miscounts, and what it needs to speak. Not here: what is made of readings
(`impetus_sim.detection`), and who acts on it (`impetus_sim.response`).
"""
