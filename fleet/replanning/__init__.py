"""How do routes that are driven answer what happens: urgent work, breakdowns, the next cycle?"""
