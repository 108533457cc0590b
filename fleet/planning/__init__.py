"""How does a plan come about: asked for, prepared, solved, compared, published?"""
