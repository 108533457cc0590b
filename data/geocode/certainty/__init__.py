"""How sure a candidate is: the evidence for and against it, and what that weighs."""
