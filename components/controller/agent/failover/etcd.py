"""Who leads, and by which lease: etcd's JSON gateway, with a client's certificate.

Patroni keeps the leader's name under `/<namespace>/<scope>/leader`, bound to a lease of its own process (patroni,
`dcs/etcd3.py`: `_lease`). A revoked lease takes the key with it at once, which every replica watches for.
"""

import base64
import http.client
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PORT = 2379
TIMEOUT_SECONDS = 1.0


class EtcdError(Exception):
    """No member answered, or there is no majority."""


@dataclass(frozen=True, kw_only=True)
class Leader:
    """Whom the cluster takes for its leader.

    Args:
        name: Its name in Patroni: `member-1`.
        lease: etcd's id of the lease that its process renews.

    """

    name: str
    lease: str


class Etcd:
    """A client of one database's etcd.

    Args:
        hosts: Names of its members.
        scope: Patroni's name for the cluster.
        tls: With the authority to trust and the certificate to show.

    """

    def __init__(self, hosts: Sequence[str], scope: str, tls: ssl.SSLContext) -> None:
        self._hosts = list(hosts)
        self._key = f"/archkit/{scope}/leader"
        self._tls = tls

    def leader(self) -> Leader | None:
        """Who leads, as a majority knows it; None where nobody does.

        Raises:
            EtcdError: Nobody can say.

        """
        found = self._ask("/v3/kv/range", {"key": base64.b64encode(self._key.encode()).decode()}).get("kvs", [])
        if not found:
            return None
        return Leader(name=base64.b64decode(found[0]["value"]).decode(), lease=str(found[0].get("lease", "0")))

    def seconds_left(self, lease: str) -> int:
        """How long a lease still lives if nobody renews it; -1 where it is gone.

        Raises:
            EtcdError: Nobody can say.

        """
        return int(self._ask("/v3/lease/timetolive", {"ID": lease}).get("TTL", -1))

    def revoke(self, lease: str) -> None:
        """Ends a lease; one that is gone already is fine.

        Raises:
            EtcdError: Nobody could.

        """
        try:
            self._ask("/v3/lease/revoke", {"ID": lease})
        except EtcdError as error:
            if "lease not found" not in str(error):
                raise

    def _ask(self, path: str, question: dict[str, str]) -> dict[str, Any]:
        problems: list[str] = []
        for host in list(self._hosts):
            try:
                return self._ask_one(host, path, question)
            except (OSError, ValueError, http.client.HTTPException, EtcdError) as error:
                problems.append(f"{host}: {error or type(error).__name__}")
                self._hosts.append(self._hosts.pop(0))  # who answered last is asked first
        raise EtcdError("; ".join(problems))

    def _ask_one(self, host: str, path: str, question: dict[str, str]) -> dict[str, Any]:
        connection = http.client.HTTPSConnection(host, PORT, timeout=TIMEOUT_SECONDS, context=self._tls)
        try:
            connection.request("POST", path, json.dumps(question), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise EtcdError(f"{answer.status} {content.strip()[:200]}")
        return json.loads(content)


def client_tls(authority_file: str, certificate_file: str) -> ssl.SSLContext:
    """TLS that trusts one authority only and shows a certificate with its key."""
    made = ssl.create_default_context(cafile=authority_file)
    made.load_cert_chain(certificate_file)
    return made
