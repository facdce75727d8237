"""Shared compiled array code: no objects, no files, no knowledge of people, vehicles or maps.

A kernel is a module-level function over arrays and scalars, with its outputs last and named ``out_``.
Kernels of one field live in that field's own ``kernels`` folder (``crowd/kernels``) and import these.
"""
