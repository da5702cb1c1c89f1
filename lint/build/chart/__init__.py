"""Helm charts: values as Helm reads, sets and hands them down, the files of a chart, and what it ignores."""
