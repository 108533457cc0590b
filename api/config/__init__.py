"""Which settings, clock, log and database does a process run with?"""
