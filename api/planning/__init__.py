"""How are plans requested, followed, compared and published?"""
