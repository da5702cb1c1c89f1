"""Data about Kubernetes: the catalogue of types, our constraints, kinds, and what other linters call their checks."""

import os

FOLDER = os.path.dirname(os.path.abspath(__file__))
"""Where the data files stand."""
