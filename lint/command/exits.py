"""How a command ends: its exit codes, and the error for wrong use."""

OK, FINDINGS, FAILURE = 0, 1, 2


class UsageError(Exception):
    """Something that the user wrote on the command line or in the configuration cannot be done."""
