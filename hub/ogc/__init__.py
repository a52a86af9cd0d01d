"""OGC API Features: what a reader may see, as layers for QGIS, GDAL and other GIS."""
