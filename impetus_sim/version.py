"""The engine version: part of every run key and of every recording."""

__version__ = "0.1.0"
