"""How does ruin and recreate change windows of routes? (compiled)"""
