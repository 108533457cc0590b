"""What does a window of a route cost, take and allow? (compiled)"""
