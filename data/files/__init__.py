"""How are files of people (TOML, CSV, photos) read strictly and written safely?"""
