"""Custom resources: their definitions, schemas, rules in CEL, and admission policies."""
