"""How commands end, beside 0 (as it should) and 1 (a failure that was foreseen, told in a sentence)."""

INTERRUPTED = 130
"""The shell's status for a command that was ended by Ctrl-C."""
