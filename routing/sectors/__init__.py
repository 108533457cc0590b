"""Into which sectors is a city split to be planned apart, and how are their seams mended?"""
