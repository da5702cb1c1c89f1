"""The objects of a set: views of their kinds, the cluster that they make, and what one asks of another."""
