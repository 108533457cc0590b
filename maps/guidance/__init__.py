"""How is a driver led? Maneuvers, their words, and a route as runs for the phone."""
