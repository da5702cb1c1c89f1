"""YAML and JSON as Kubernetes reads them: texts, documents, and values that know their place."""
