"""Commands of the console script, one noun a file; heavy imports live inside the functions."""
