"""How the world calls us: HTTP, command line, worker, settings, clock. May import everything."""
