"""What does the complaints office see of waiting requests, agencies and calls back?"""
