"""What would trucks send and callers say in a storm that never was?"""
