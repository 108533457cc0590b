"""How does a street file (OpenStreetMap, GeoJSON) become a draft of a city?"""
