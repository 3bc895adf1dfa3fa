"""Runs a command for each invocation of an AWS Lambda function: `python3 -m appkit.lambda_runtime COMMAND...`.

The interface is HTTP (AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"), so that the
image of an application is a function without a package that Debian lacks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request

from appkit.observe import log

VERSION = "2018-06-01"
LAST_LINES = 20


def runtime(command: list[str], address: str, *, invocations: int | None = None) -> None:
    """Serves invocations, one after the other: for ever, or so many.

    Args:
        command: What is run for each; what it exits with decides.
        address: Host and port of the runtime API: `AWS_LAMBDA_RUNTIME_API`.
        invocations: None: until the environment is frozen for good.

    """
    base = f"http://{address}/{VERSION}/runtime/invocation"
    served = 0
    while invocations is None or served < invocations:
        # No time-out: it is answered once there is something to do, and the environment is frozen meanwhile.
        with urllib.request.urlopen(f"{base}/next") as answer:  # noqa: S310
            request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        sys.stdout.write(ended.stdout)
        lines = ended.stdout.splitlines()[-LAST_LINES:]
        if ended.returncode == 0:
            _post(f"{base}/{request_id}/response", {"lines": lines})
        else:
            message = "\n".join([f"{' '.join(command)} ended with {ended.returncode}", *lines])
            _post(f"{base}/{request_id}/error", {"errorType": "CommandFailed", "errorMessage": message})
        served += 1


def _post(address: str, document: dict[str, object]) -> None:
    request = urllib.request.Request(address, json.dumps(document).encode(), method="POST")  # noqa: S310
    with urllib.request.urlopen(request):  # noqa: S310
        pass


def main(command: list[str]) -> int:
    """1 where there is nothing to run or nobody to run it for; else for ever."""
    address = os.environ.get("AWS_LAMBDA_RUNTIME_API")
    if not command or not address:
        log("error", "AWS_LAMBDA_RUNTIME_API: must be given, and a command; AWS Lambda runs this")
        return 1
    runtime(command, address)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
