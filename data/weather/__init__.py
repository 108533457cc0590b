"""How are forecasts of snow and road weather read from files?"""
