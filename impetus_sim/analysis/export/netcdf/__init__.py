"""Recordings as netCDF by the CF conventions: what each part holds, and how it is written in blocks or held whole.

A part (`sections.Section`) describes its variables once; `write` puts it into a file block by block or into an
`xarray.Dataset`, so that both hold the same numbers under the same names.
"""
