"""A message's key and parameters become words in the reader's language."""
