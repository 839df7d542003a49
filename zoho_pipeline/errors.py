"""The one root of every failure that was foreseen: its message is a sentence for people, and needs no traceback."""


class Foreseen(Exception):
    """Something went wrong in a way that the pipeline knows.

    The message says what failed, on what, and what to do next, and holds no secret. The command line prints it and
    ends with a status other than 0; Dagster shows it as the run's failure.
    """
