"""What do the pages of storms and of called machines show?"""
