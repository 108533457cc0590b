"""Where do drivers drive again and again otherwise than their routes say?"""
