"""How are plans asked for, watched, compared and published?"""
