"""What do people see of how long work really takes, and of what is proposed to plans?"""
