"""Tracks from devices' files: GPX, KML and GeoJSON in, a fault told with the line it stands in."""
