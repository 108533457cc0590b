"""How long do streets, turns and loading really take, and which of it do plans assume?"""
