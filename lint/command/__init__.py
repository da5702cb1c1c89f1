"""The command line: arguments, exit codes, and what each command does."""
