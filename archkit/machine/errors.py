"""What a fix raises when it cannot help."""

from archkit.errors import UserError


class NoDockerError(UserError):
    """No Docker Engine can be had here: nothing can be deployed locally, designs can still be recorded.

    Args:
        reason: Why, and what the user could do.

    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"docker: {reason}")
