"""What the recorder refuses: things that mocks accept and the engine, or the provider, would not."""

from archkit.errors import UserError


class RecordingError(UserError):
    """A program registered something that cannot be deployed, or that the recorder knows nothing about."""


class DuplicateError(RecordingError):
    """Two resources of one URN: mocks accept that, the engine would not."""


class UnknownTokenError(RecordingError):
    """A resource type or a provider function whose outputs nobody has described."""


class UnknownPropertyError(RecordingError):
    """A key inside a nested value that the provider does not have: mocks accept it, and it would have no effect."""


class NotRunError(RecordingError):
    """Something that only the engine runs: mocks leave it out, and so would every test and picture."""


class RefusedCallError(RecordingError):
    """A provider function called as the provider itself refuses: mocks answer all the same."""
