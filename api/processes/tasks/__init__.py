"""What does the server look at again and again beside answering?"""
