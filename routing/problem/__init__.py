"""What is the optimizer asked, what does it answer, and when does it stop? Numbers only."""
