"""The finance pages: the months, their tie-out, and the sign-off."""
