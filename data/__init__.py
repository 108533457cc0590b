"""What is true: vocabulary, street network, storage. Imports none of our other packages."""
