"""Who did what when, and how is it proved that nobody changed it later?"""
