"""The controllers, one a file, named after the upstream ones."""
