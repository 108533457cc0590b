"""How do people search the audit log, prove it and take it along?"""
