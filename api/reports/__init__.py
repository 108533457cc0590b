"""How do council and auditors get figures, maps and costs?"""
