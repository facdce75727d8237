"""Who decides what an asset shall do, by what they see: automatic controllers and operators.

Belongs here: readings and decisions. What is true, and whether a command arrives, is said by `services`.
"""
