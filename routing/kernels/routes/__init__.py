"""What does a whole route cost, and how are first routes made? (compiled)"""
