"""What is said of a street: its name, color, class and evidence?"""
