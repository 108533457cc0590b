"""What do operators, callers and other systems see of a request?"""
