"""What do council and auditors see of a storm and its costs?"""
