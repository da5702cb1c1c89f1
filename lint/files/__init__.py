"""What to read: walking folders, the reader, what is a template, which files bear on which."""
