"""Who changed what last, and is the audit log as it was written?"""
