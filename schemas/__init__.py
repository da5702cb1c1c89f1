"""The catalogue of Kubernetes types, fields and constraints, and how it is refreshed."""
