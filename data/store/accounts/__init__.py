"""Which people, devices, codes and API keys may come in, as rows?"""
