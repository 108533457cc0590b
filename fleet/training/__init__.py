"""How is a storm rehearsed on a copy of one's own city, and judged?"""
