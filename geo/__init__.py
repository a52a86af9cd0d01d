"""Pure geometry of the hub: arrays and shapely in and out, no web, no database.

Every public function takes and returns longitude/latitude in EPSG:4326 (WGS 84) unless its
docstring says otherwise. Lengths are metres, areas square metres, times seconds.
"""
