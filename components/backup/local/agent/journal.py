"""The repository's log: one JSON object a line, one line an event."""

import json
import sys
from datetime import UTC, datetime


class Journal:
    """Writes lines; says what holds on only when it changes, so that the log stays readable."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def tell(self, event: str, **numbers: object) -> None:
        """One line, always."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        sys.stdout.write(json.dumps({"time": now, "event": event, **numbers}) + "\n")
        sys.stdout.flush()

    def tell_once(self, topic: str, event: str, **numbers: object) -> None:
        """One line, unless the topic's last line was of the same event and reason."""
        state = f"{event} {numbers.get('reason', '')}"
        if self._said.get(topic) != state:
            self._said[topic] = state
            self.tell(event, **numbers)
