"""Which jobs do streets, requests and crews need, and how is work summed up?"""
