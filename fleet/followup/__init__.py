"""Which requests wait too long, who looks after them, and which go to other agencies?"""
