"""How do routes change that are driven already: urgent work, breakdowns, edits by hand?"""
