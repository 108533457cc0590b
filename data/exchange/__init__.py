"""Files for other programs: the basemap of the pages and layers for GIS. Only here is geopandas."""
