"""What is true? Vocabulary, street network, storage; imports none of our other packages."""
