"""Runs one replica of an application until it is told to end."""

from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from appkit.lifecycle import DrainingServer, Lifecycle
from appkit.observe import log
from appkit.settings import Settings

KEEP_ALIVE_SECONDS = 75  # longer than a load balancer keeps an idle connection: it, not we, decides when one ends


def serve(read: Callable[[], Settings], make: Callable[[Settings, Lifecycle], ASGIApp]) -> int:
    """Serves; 0 at the end, 1 where the settings make no sense, 3 where it could not start.

    Args:
        read: The settings; a ValueError has one problem in each line.
        make: The application.

    """
    try:
        settings = read()
    except ValueError as error:
        for problem in str(error).splitlines():
            log("error", problem)
        return 1
    lifecycle = Lifecycle()
    server = DrainingServer(
        uvicorn.Config(
            make(settings, lifecycle),
            host="0.0.0.0",  # noqa: S104 - in a container, its networks decide who gets in
            port=settings.port,
            access_log=False,  # `Observe` tells of each request, with its id
            log_config=None,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=settings.grace_seconds,
        ),
        lifecycle,
        settings.unready_seconds,
    )
    log("info", "starting", replica=settings.replica, zone=settings.zone, port=settings.port)
    server.run()
    log("info", "ended", replica=settings.replica, zone=settings.zone)
    return 0 if server.started else 3
