"""Which files do other programs (GIS, basemap tiles) get from us, and give us?"""
