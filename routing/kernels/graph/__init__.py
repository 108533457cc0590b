"""What is near what on the street graph? (compiled)"""
