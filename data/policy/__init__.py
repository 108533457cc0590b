"""What does a city's `policy.toml` say, and which level of service does each street get by it?"""
