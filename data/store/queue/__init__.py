"""Which run does a worker solve next, and is the worker of a run still alive?"""
