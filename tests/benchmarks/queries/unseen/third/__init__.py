"""Callers for judging: nurses, farmers, drivers on the radio, typed forms, guests of the city."""
