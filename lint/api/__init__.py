"""What the API server does with an object: decoding, defaults, validation, and the changes that it refuses."""
