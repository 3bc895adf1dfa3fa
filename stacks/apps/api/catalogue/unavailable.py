"""What it means that the database does not answer."""


class UnavailableError(Exception):
    """The database does not answer in time.

    Args:
        reason: For logs.
        outcome_unknown: A write was sent and nobody said what became of it.

    """

    def __init__(self, reason: str, *, outcome_unknown: bool = False) -> None:
        super().__init__(reason)
        self.outcome_unknown = outcome_unknown
