"""Health checks of containers, as Docker asks them: seldom a process of its own, and yet every few seconds.

Docker starts a process in the container for each check, which cost 0.06 s of processor time and Docker's own beside
it (Docker 20.10, 2026-11-28): the web design in three zones spent 0.8 of two cores on being asked every second or two,
which its requests then lacked. So a check of a container that is well goes on asking, within its one process, for
`STEADY_SECONDS`. Who starts is asked after 0.1, 0.2, 0.4 and then every 0.8 s, and the first good answer is told at
once: a replica that works after 0.9 s was healthy after 2 s where Docker asked it each second.
"""

from collections.abc import Sequence

import pulumi_docker as docker

from components.swarm import duration

CHECK_SECONDS = 2
PATIENCE_SECONDS = 10
STEADY_SECONDS = 20
FIRST_MILLISECONDS = 300  # from the start of a container, and from the end of one check, to the next process
PAUSE_SECONDS = 5  # between two questions to who is well
_MARGIN_SECONDS = 5
# bash, sleep and timeout are in every Debian-based image (Essential). /dev/shm can be written to by every user, also
# where the root file system cannot; where it cannot either, each check asks once.
_ASK = f"""\
seen=${{ARCHKIT_HEALTHY:-/dev/shm/archkit-healthy}} every=$1 pause=0.1
shift
ask() {{ timeout {PATIENCE_SECONDS} "$@"; }}
if [ ! -e "$seen" ]; then
    until ask "$@"; do
        [ "$SECONDS" -le "$every" ] || exit 1  # whole seconds
        sleep $pause
        case $pause in 0.1) pause=0.2 ;; 0.2) pause=0.4 ;; *) pause=0.8 ;; esac
    done
    : 2>/dev/null >"$seen" || sleep "$every"
    exit 0
fi
while ask "$@"; do
    [ "$SECONDS" -lt {STEADY_SECONDS} ] || exit 0
    sleep {PAUSE_SECONDS}
done
sleep "$every"
exit 1
"""
# bash speaks TCP by itself: no curl, no interpreter to start. Whether somebody listens is asked each 0.05 s: that costs
# a fortieth of a question, and when a zone is lost, what takes its place is missed until it is known to be well.
_GET = (
    'for _ in {1..16}; do { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null && break; sleep 0.05; done; '
    'printf "GET %s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n" "$2" >&3 && '
    'read -r -t 9 _ status _ <&3 && [ "$status" = 200 ]'
)


def command_check(
    command: Sequence[str], *, every_seconds: int, start_seconds: int, retries: int = 6
) -> docker.ServiceTaskSpecContainerSpecHealthcheckArgs:
    """A command that exits with 0 where the server is well; Swarm lists a task in its DNS once it passed.

    Args:
        command: With its arguments; it may take 10 s.
        every_seconds: How long a bad answer is kept back, so that a moment is not taken for the end: who was well is
            replaced after `retries` of them.
        start_seconds: How long failed checks do not count.
        retries: Who fails so often in a row is replaced.

    """
    return docker.ServiceTaskSpecContainerSpecHealthcheckArgs(
        tests=["CMD", "bash", "-c", _ASK, "health-check", str(every_seconds), *command],
        interval=duration(FIRST_MILLISECONDS),
        timeout=duration((STEADY_SECONDS + PAUSE_SECONDS + PATIENCE_SECONDS + _MARGIN_SECONDS) * 1000),
        retries=retries,
        start_period=duration(start_seconds * 1000),
    )


def http_check(
    port: int, path: str, *, start_seconds: int, every_seconds: int = CHECK_SECONDS
) -> docker.ServiceTaskSpecContainerSpecHealthcheckArgs:
    """Who is silent for half a minute is replaced.

    Slow to give up on purpose: on a machine that is short of processor time the check itself comes late, and replacing
    who still works takes more away. Whether a replica gets requests is the load balancer's to decide, in a second.

    Args:
        port: Where the container answers; the image needs bash.
        path: Answers 200 while the process works.
        start_seconds: As for `command_check`.
        every_seconds: As for `command_check`.

    """
    command = ["bash", "-c", _GET, "get", str(port), path]
    return command_check(command, every_seconds=every_seconds, start_seconds=start_seconds, retries=3)
