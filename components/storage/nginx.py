"""The configuration of nginx: what the template shows."""

from dataclasses import dataclass

from components.templating import render

PORT = 8080
HEALTH_PATH = "/healthz"
# `app.3f9a1c2b.css`: eight or more hexadecimal digits between dots.
HASHED = r"\.[0-9a-f]{8,64}\.[A-Za-z0-9.]+$"


@dataclass(frozen=True, kw_only=True)
class Server:
    """What `nginx.conf.j2` shows.

    Args:
        name: The storage's.
        max_age_seconds: How long a client may keep a file whose name holds no hash.
        hashed: Regular expression of names that hold one.
        port: Where it answers.

    """

    name: str
    max_age_seconds: int
    hashed: str = HASHED
    port: int = PORT


def render_nginx(server: Server) -> str:
    """The text of nginx's configuration."""
    return render(__file__, "nginx.conf.j2", server)
