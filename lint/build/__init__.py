"""What is applied: builders turn the files of a repository into units, whose objects know the places they come from."""
