"""The engine: reads manifests, decides what the API server would say, runs the trial, reports."""
