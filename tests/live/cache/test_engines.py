"""Both engines of the cache on Docker; the tests share a stack and run in this order."""

import json
import subprocess
import time

import pytest

from archkit.bench.cache_stack import MEBIBYTES, MEMCACHED, VALKEY, Caches
from archkit.drills.faults import Kill
from archkit.drills.injection import injected
from archkit.drills.journal import Journal

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

# Prints what one line is answered with. A connection proves nothing: a machine may have a proxy that accepts any.
LINE = """
host, port, line, by_tls = {!r}, {}, {!r}, {}
said = b""
try:
    sock = socket.create_connection((host, port), timeout=3)
    if by_tls:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        sock = trusting.wrap_socket(sock)
    sock.settimeout(3)
    sock.sendall(line)
    said = sock.recv(100)
except OSError:
    pass
print(said.decode("latin-1").strip())
"""
PING, VERSION = (6379, b"PING\r\n"), (11211, b"version\r\n")


def lines(caches: Caches, host: str, asked: tuple[int, bytes], *, tls: bool) -> str:
    return caches.as_application(LINE.format(host, *asked, tls))


def test_the_primary_takes_writes_and_replicas_answer_reads_and_refuse_writes(caches) -> None:
    said = caches.as_application("""
primary, reader = cached.client("CATALOGUE", seconds=5), cached.client("CATALOGUE", seconds=5, reader=True)
primary.set("role", "written")
until = time.monotonic() + 5
while reader.get("role") != b"written" and time.monotonic() < until:
    time.sleep(0.05)
try:
    reader.set("role", "refused")
except cached.redis.ReadOnlyError:
    print(reader.get("role").decode())
""")

    assert said == "written"


def test_the_same_program_with_the_same_variables_uses_either_engine(caches) -> None:
    said = caches.as_application("""
for name in ("CATALOGUE", "SESSIONS"):
    one = cached.client(name, seconds=5)
    one.set("same", name)
    print(one.get("same").decode())
""")
    variables = json.loads(caches.as_application("print(json.dumps(dict(os.environ)))"))

    def of(name: str) -> set[str]:
        return {key.removeprefix(f"{name}_") for key in variables if key.startswith(f"{name}_")}

    assert said.split() == ["CATALOGUE", "SESSIONS"]
    assert of("CATALOGUE") - of("SESSIONS") == {"USER", "PASSWORD_FILE"}, "Memcached asks nobody who he is"
    assert of("SESSIONS") - of("CATALOGUE") == set()
    assert {"URL", "HOST", "PORT", "READER_URL", "NODES", "CA_FILE", "CREDENTIALS"} <= of("SESSIONS")


def test_nobody_is_answered_without_tls_or_by_whom_he_does_not_trust(caches) -> None:
    proxy, node = f"{caches.name}-{VALKEY}-proxy", f"{caches.name}-{MEMCACHED}-node-1"

    for host, asked, answer in ((proxy, PING, "-NOAUTH"), (node, VERSION, "VERSION")):
        assert lines(caches, host, asked, tls=True).startswith(answer), "the same line by TLS is answered"
        assert answer not in lines(caches, host, asked, tls=False)
    said = caches.as_application(f"""
for host, port in (({proxy!r}, 6379), ({node!r}, 11211)):
    try:
        sock = socket.create_connection((host, port), timeout=5)
        ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except ssl.SSLCertVerificationError:
        print("refused")
""")
    assert said.split() == ["refused", "refused"], "another cache's authority, or the public ones, are not its own"


REFUSED = """
CONFIG GET maxmemory
CONFIG SET maxmemory 0
FLUSHALL
FLUSHDB
KEYS *
SHUTDOWN NOSAVE
REPLICAOF NO ONE
FAILOVER
MONITOR
ACL LIST
CLIENT KILL TYPE normal
SCRIPT FLUSH
FUNCTION FLUSH
SAVE
INFO
PUBLISH channel x
""".strip().splitlines()


def test_an_application_may_use_the_cache_and_not_stop_empty_or_look_around_in_it(caches) -> None:
    said = json.loads(
        caches.as_application(f"""
one, answers = cached.client("CATALOGUE", seconds=5), {{}}
for command in {REFUSED!r}:
    try:
        answers[command] = str(one.execute_command(*command.split()))
    except cached.redis.ResponseError as error:
        answers[command] = type(error).__name__
one.set("mine", 1)
with one.pipeline(transaction=True) as pipe:
    answers["MULTI"] = pipe.incr("mine").ttl("mine").execute()
answers["EVAL"] = one.eval("return redis.call('GET', KEYS[1])", 1, "mine").decode()
print(json.dumps(answers))
""")
    )

    assert {said[one] for one in REFUSED} == {"NoPermissionError"}, said
    assert (said["MULTI"], said["EVAL"]) == ([2, -1], "2")


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [({"password": "guessed"}, "AuthenticationError"), ({"username": "default"}, "AuthenticationError")],
)
def test_a_wrong_password_and_a_user_that_is_off_are_refused(caches, arguments: dict[str, str], answer: str) -> None:
    said = caches.as_application(f"""
one = cached.client("CATALOGUE", seconds=5)
one.connection_pool.connection_kwargs.update({arguments!r})
try:
    print(one.ping())
except cached.redis.RedisError as error:
    print(type(error).__name__)
""")

    assert said == answer


VALUE_BYTES = 400_000


def test_memory_is_bounded_as_asked_for_and_who_is_not_used_goes_when_it_is_full(caches) -> None:
    leader, sentinel = caches.primary(), caches.members(role="sentinel")[0]
    # The Sentinel's user may ask for figures; the application's may not.
    told = caches.ask(sentinel.container, "cache-ask", leader.service, "6379", "INFO", "memory").split()
    holds = {"CATALOGUE": MEBIBYTES, "SESSIONS": 3 * MEBIBYTES}
    kept = json.loads(
        caches.as_application(
            f"""
kept = {{}}
for name, mebibytes in {holds!r}.items():
    one, count = cached.client(name, seconds=10), 5 * mebibytes * 2**20 // (4 * {VALUE_BYTES})
    for number in range(count):
        one.set(f"filled-{{number}}", os.urandom({VALUE_BYTES}))
    kept[name] = [one.get(f"filled-{{number}}") is not None for number in range(count)]
print(json.dumps(kept))
""",
            seconds=120,
        )
    )

    assert f"maxmemory:{MEBIBYTES * 2**20}" in told
    assert "maxmemory_policy:allkeys-lru" in told
    for name, mebibytes in holds.items():
        assert 0.5 * mebibytes * 2**20 / VALUE_BYTES < sum(kept[name]) <= mebibytes * 2**20 / VALUE_BYTES
        assert kept[name][-1], "the newest stays"


def test_who_is_not_linked_gets_no_answer(caches) -> None:
    image = caches.members("front")[0].image
    elsewhere = caches.docker.networks.create(f"{caches.name}-elsewhere", driver="overlay", attachable=True)
    proxy, node = caches.members(role="proxy")[0], caches.members(MEMCACHED)[0]

    def heard(network: str, container: str, own: str, asked: tuple[int, bytes]) -> str:
        address = caches.docker.containers.get(container).attrs["NetworkSettings"]["Networks"][own]["IPAddress"]
        program = "import socket, ssl\n" + LINE.format(address, *asked, True)
        command = ["docker", "run", "--rm", f"--network={network}", image, "python3", "-c", program]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    try:
        for server, component, asked, answer in (
            (proxy, VALKEY, PING, "NOAUTH"),
            (node, MEMCACHED, VERSION, "VERSION"),
        ):
            own = f"{caches.name}-{component}"
            assert answer in heard(own, server.container, own, asked), "who has joined its network is answered"
            for network in ("bridge", elsewhere.name):
                assert answer not in heard(network, server.container, own, asked)
    finally:
        elsewhere.remove()


# What a Sentinel or a member shows to whoever reaches it, before it asks who that is.
CERTIFICATE = """
import hashlib, socket, ssl
trusting = ssl.create_default_context()
trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
try:
    with socket.create_connection(({!r}, {}), timeout=3) as sock:
        print(hashlib.sha256(trusting.wrap_socket(sock).getpeercert(binary_form=True)).hexdigest())
except OSError:
    pass
"""


def test_no_application_reaches_a_member_or_a_sentinel_past_the_proxy(caches) -> None:
    image = caches.members("front")[0].image
    own = f"--network={caches.name}-{VALKEY}-members"
    for role, port in (("member", 6379), ("sentinel", 26379)):
        (address,) = caches.members(role=role)[0].addresses
        program = CERTIFICATE.format(address, port)
        command = ["docker", "run", "--rm", own, image, "python3", "-c", program]
        shown = subprocess.check_output(command, text=True, timeout=30).strip()
        assert len(shown) == 64, "who has joined their network reaches them"
        assert caches.as_application(program) != shown


def test_a_lost_node_of_memcached_loses_its_own_keys_and_comes_back_empty(caches) -> None:
    spread = """
one = cached.client("SESSIONS", seconds=5)
for number in range(300):
    one.set(f"spread-{number}", "kept")
"""
    count = """
one = cached.client("SESSIONS", seconds=5)
print(sum(one.get(f"spread-{number}") is not None for number in range(300)))
"""
    caches.as_application(spread)
    assert caches.as_application(count) == "300"
    victim = next(one for one in caches.members(MEMCACHED) if one.service.endswith("node-2"))
    with injected(Kill(host=victim.host, container=victim.container, label=victim.name), journal=Journal(caches.name)):
        pass
    until = time.monotonic() + 60
    while sum(one.well and one.container != victim.container for one in caches.members(MEMCACHED)) < 3:
        assert time.monotonic() < until, "the node did not come back"
        time.sleep(0.2)

    assert 50 < 300 - int(caches.as_application(count)) < 150, "about a third was its own"
    caches.as_application(spread)
    assert caches.as_application(count) == "300"
