"""What happened when: the drill's own marks, Docker's events and the load balancer's view, on one clock."""

import csv
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, cast

POLL_SECONDS = 0.25
FAULT, HEALING, NOTE = "fault", "healing", "note"
DRILL, DOCKER, LOAD_BALANCER, DATABASE = "drill", "docker", "load balancer", "database"
UNKNOWN = "no answer"
# Of Docker's events those that say what became of a container or a service; `exec_*` of health checks are noise.
DOCKER_ACTIONS = frozenset(
    {"start", "restart", "die", "kill", "stop", "pause", "unpause", "oom"}
    | {"destroy", "create", "update", "remove", "connect", "disconnect"}
)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened.

    Args:
        monotonic: On this machine's monotonic clock, in seconds; what plots use.
        wall: Seconds since the epoch; what people read.
        source: `drill`, `docker`, `load balancer`, `database`, or another name.
        text: What, for people.
        kind: `fault`, `healing` or `note`.

    """

    monotonic: float
    wall: float
    source: str
    text: str
    kind: str = NOTE


class _Events(Protocol):
    def close(self) -> None: ...
    def __iter__(self) -> Iterator[Mapping[str, Any]]: ...


class Docker(Protocol):
    """What is used of `docker.DockerClient`."""

    def events(self, *, decode: bool, filters: Mapping[str, Any]) -> _Events: ...


class Timeline:
    """Collects events from several threads; each watcher ends with `close` (or the `with` block)."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._closers: list[Callable[[], None]] = []
        self._threads: list[threading.Thread] = []
        self._wall_ahead = time.time() - time.monotonic()

    def mark(self, text: str, *, kind: str = NOTE, source: str = DRILL) -> Event:
        """Notes something that happens now; `kind=FAULT` and `kind=HEALING` are what a report measures from."""
        return self.add(text, source=source, kind=kind, monotonic=time.monotonic())

    def add(self, text: str, *, source: str, monotonic: float, kind: str = NOTE) -> Event:
        """Notes something with its time on the monotonic clock."""
        event = Event(monotonic=monotonic, wall=monotonic + self._wall_ahead, source=source, text=text, kind=kind)
        with self._lock:
            self._events.append(event)
        return event

    @property
    def events(self) -> tuple[Event, ...]:
        """All events so far, in order of time."""
        with self._lock:
            return tuple(sorted(self._events, key=lambda event: event.monotonic))

    def first(self, kind: str) -> Event | None:
        """The first event of a kind; None where there is none."""
        return next((event for event in self.events if event.kind == kind), None)

    def watch_docker(self, docker: Docker, *, stack: str) -> None:
        """Follows the events of a stack's containers, services and networks.

        Args:
            docker: A client of its own: its connection is closed to end the stream.
            stack: Value of the label `archkit.stack`.

        """
        stream = docker.events(decode=True, filters={"label": f"archkit.stack={stack}"})
        self._closers.append(stream.close)
        self._spawn(lambda: self._follow(stream))

    def watch_load_balancer(
        self, fetch: Callable[[], str], *, who: str = "", poll_seconds: float = POLL_SECONDS
    ) -> None:
        """Notes each server that HAProxy's statistics show in another state than before.

        Args:
            fetch: Gives the statistics as CSV (`/stats;csv`); an exception is taken for an unreachable proxy.
            who: Put before what is noted, where there are several.
            poll_seconds: How often it is asked, and so how late a change may be noted.

        """

        def poll() -> None:
            states: dict[str, str] = {}
            answered = True
            while not self._ending.wait(poll_seconds):
                try:
                    text, reachable = fetch(), True
                except Exception:  # the drill breaks load balancers: that is an event, not an error
                    text, reachable = "", False
                if reachable != answered:
                    said = "its statistics are read again" if reachable else "its statistics cannot be read"
                    self.mark(f"{who}{said}", source=LOAD_BALANCER)
                    answered = reachable
                if reachable:
                    for change in changes(states, text):
                        self.mark(f"{who}{change}", source=LOAD_BALANCER)

        self._spawn(poll)

    def watch_states(
        self, ask: Callable[[], Mapping[str, str]], *, source: str, poll_seconds: float = POLL_SECONDS
    ) -> None:
        """Notes who is in another state than before: `orders-member-2 standby → primary`.

        Args:
            ask: Gives the state of each by its name; an exception is taken for nobody answering.
            source: Whose view it is: `database`.
            poll_seconds: How often it is asked, and so how late a change may be noted.

        """

        def poll() -> None:
            states: dict[str, str] | None = None
            while not self._ending.wait(poll_seconds):
                try:
                    found = dict(ask())
                except Exception:  # the drill breaks whom it asks: that is an event, not an error
                    found: dict[str, str] = {}
                known = found if states is None else states
                for name in sorted({*known, *found}):
                    before, now = known.get(name, UNKNOWN), found.get(name, UNKNOWN)
                    if before != now:
                        self.mark(f"{name} {before} → {now}", source=source)
                states = found

        self._spawn(poll)

    def close(self) -> None:
        """Ends all watchers."""
        self._ending.set()
        for closer in self._closers:
            closer()
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> "Timeline":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _spawn(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name="timeline", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _follow(self, stream: Iterable[Mapping[str, Any]]) -> None:
        try:
            for raw in stream:
                text = docker_text(raw)
                if text:
                    wall = raw.get("timeNano", 0) / 1e9 or time.time()
                    self.add(text, source=DOCKER, monotonic=wall - self._wall_ahead)
        except Exception as error:  # the stream's own end raises whatever the HTTP library makes of a closed socket
            if not self._ending.is_set():
                self.mark(f"event stream lost: {type(error).__name__}", source=DOCKER)


def docker_text(raw: Mapping[str, Any]) -> str:
    """One of Docker's events in a line: `web.2 die (exit code 137)`; empty for what is noise in a drill."""
    action = str(raw.get("Action", ""))
    actor = cast("Mapping[str, Any]", raw.get("Actor") or {})
    attributes = cast("Mapping[str, Any]", actor.get("Attributes") or {})
    name = str(attributes.get("name") or actor.get("ID", ""))[:60]
    if raw.get("Type") == "container":
        parts = name.split(".")  # a task's container: <service>.<slot or node>.<task id>
        name = ".".join(parts[:2]) if len(parts) > 2 else name
    if action.startswith("health_status"):
        return f"{name} {action.partition(': ')[2] or action}"
    if action not in DOCKER_ACTIONS:
        return ""
    code = attributes.get("exitCode")
    return f"{name} {action}" + (f" (exit code {code})" if action == "die" and code is not None else "")


def changes(states: dict[str, str], text: str) -> list[str]:
    """What HAProxy's CSV shows otherwise than `states`, which is brought up to date; the first look says nothing."""
    first = not states
    found: list[str] = []
    for row in csv.DictReader(text.removeprefix("# ").splitlines()):
        server, status = row.get("svname", ""), row.get("status", "")
        if server in {"FRONTEND", "BACKEND", ""}:
            continue
        name = f"{row.get('pxname', '')}/{server}"
        before = states.get(name, status if first else "new")
        states[name] = status
        if before != status:
            reason = row.get("check_status", "").strip("* ")
            found.append(f"{name} {before} → {status}" + (f" ({reason})" if reason else ""))
    return found
