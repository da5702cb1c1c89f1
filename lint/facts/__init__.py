"""Facts of Kubernetes and of what runs in it, as pure functions on plain data."""
