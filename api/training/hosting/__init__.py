"""How is a sandbox made, kept going at low priority, and set back?"""
