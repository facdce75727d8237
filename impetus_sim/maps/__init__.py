"""From an OpenStreetMap file, a drawn plan or a few measures to one clean City.

Here belong: reading (`read_osm`, `fetch`, `sketch`, `synthetic`), making layers (`roads`, `walkable`,
`buildings`, `assets`, `places`), repair and its report, and the GeoPackage that holds the result. The way of
the data is

    source -> read_osm -> OsmData -> build -> City -> bundle (GeoPackage) -> load.open_city

Not here: arrays for the systems (world), scenario text (scenario), pictures (report). Only this package
imports osmium and osmnx.
"""
