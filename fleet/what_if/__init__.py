"""What would more or fewer machines change?"""
