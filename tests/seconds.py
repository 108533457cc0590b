"""A clock of seconds that a test sets."""


class Seconds:
    """Returns `now_s`."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s
