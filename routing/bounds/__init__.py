"""What can no plan beat, and what can no plan do at all?"""
