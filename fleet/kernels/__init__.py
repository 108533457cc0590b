"""Compiled loops of the map matching: numbers in, numbers out; one file per idea."""
