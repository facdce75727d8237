"""What the city runs on, measured: who was without what, for how long, and because of what.

Modules: recorded (assets and their states), lacks (who was without a service),
restoration (pure functions of curves), service_loss (curves, by district and group), metrics, state_of (one asset).
"""
