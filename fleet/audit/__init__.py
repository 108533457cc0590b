"""Who changed what last, and is the storm book as it was written?"""
