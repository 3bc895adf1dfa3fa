"""`archkit` and plain `pulumi` on one stack: what they share, and what they say where something is wrong."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archkit.bench.deployment import free_port

pytestmark = pytest.mark.live
ROOT = Path(__file__).parents[2]
STACK = "commands-local"


class Checkout:
    """A copy of what git tracks or would, with a home of its own for Pulumi."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")},
            "PULUMI_HOME": str(home),
            "PULUMI_BACKEND_URL": f"file://{home}",
            # The copy's program, not this checkout's, in whichever interpreter the engine starts.
            "PYTHONPATH": f"{root}:{root / 'diagrams'}",
            "NO_COLOR": "1",
        }

    def archkit(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.call(sys.executable, "-c", "from archkit.cli.main import main; main()", *arguments, **more)

    def call(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**self.environment, **more}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)

    def plain_environment(self) -> dict[str, str]:
        """What `eval "$(archkit env)"` sets."""
        printed = self.archkit("env", "--json")
        assert printed.returncode == 0, printed.stderr
        return json.loads(printed.stdout)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    root = tmp_path_factory.mktemp("checkout")
    tracked = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in tracked.stdout.split("\0"):
        if name and (ROOT / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    (root / ".venv").symlink_to(ROOT / ".venv")
    for command in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "all"),
    ):
        subprocess.run(("git", *command), cwd=root, check=True)
    home = tmp_path_factory.mktemp("home")
    plugins = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi")) / "plugins"
    (home / "plugins").symlink_to(plugins)
    made = Checkout(root, home)
    done = made.archkit("init", STACK, "--from", "web-local", "--set", f"local.port={free_port()}")
    assert done.returncode == 0, done.stderr
    return made


def test_a_clean_checkout_stays_clean_after_init(checkout: Checkout) -> None:
    changed = checkout.call("git", "status", "--porcelain").stdout
    assert changed.replace("?? .venv\n", "") == "", "what init makes must be ignored by git"


def test_whoever_is_logged_in_elsewhere_keeps_that_backend(checkout: Checkout, tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    (home / "plugins").symlink_to(Path(checkout.environment["PULUMI_HOME"]) / "plugins")
    (home / "credentials.json").write_text(json.dumps({"current": f"file://{elsewhere}"}))
    given = {"PULUMI_HOME": str(home), "PULUMI_BACKEND_URL": ""}
    try:
        done = checkout.archkit("init", "elsewhere-local", "--from", "web-local", "--json", **given)

        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["state"] == f"file://{elsewhere}"
        kept = [path.name for path in (elsewhere / ".pulumi" / "stacks").rglob("*.json")]
        assert kept == ["elsewhere-local.json"], "its state is where its owner keeps theirs"
    finally:
        (checkout.root / ".archkit" / "stacks" / "Pulumi.elsewhere-local.yaml").unlink(missing_ok=True)


def test_plain_pulumi_sees_the_same_stack_and_the_same_resources(checkout: Checkout) -> None:
    environment = checkout.plain_environment()
    plain = checkout.call("pulumi", "preview", "--stack", STACK, "--json", "--non-interactive", **environment)
    ours = checkout.archkit("preview", STACK, "--json")

    assert plain.returncode == 0, plain.stdout + plain.stderr
    assert ours.returncode == 0, ours.stderr
    to_create = json.loads(plain.stdout)["changeSummary"]["create"]
    of_the_stack = 1  # the stack itself, which plain pulumi counts as a resource
    assert json.loads(ours.stdout)["created"] == to_create - of_the_stack > 5


def test_a_missing_passphrase_says_where_it_was_looked_for(checkout: Checkout) -> None:
    passphrase = checkout.root / ".archkit" / "passphrase"
    hidden = passphrase.rename(passphrase.with_suffix(".away"))
    try:
        done = checkout.archkit("preview", STACK)
    finally:
        hidden.rename(passphrase)
    assert done.returncode == 1
    assert "error: passphrase: must be set, got nothing in PULUMI_CONFIG_PASSPHRASE" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_passphrase_says_that_it_is_the_wrong_one(checkout: Checkout) -> None:
    done = checkout.archkit("preview", STACK, PULUMI_CONFIG_PASSPHRASE="not this one")
    assert done.returncode == 1
    assert "error: passphrase: must be the one that 'commands-local' was made with" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stack_that_another_run_holds_says_so(checkout: Checkout) -> None:
    locks = Path(checkout.environment["PULUMI_HOME"]) / ".pulumi" / "locks" / "organization" / "archkit" / STACK
    locks.mkdir(parents=True, exist_ok=True)
    lock = locks / "another.json"
    lock.write_text(
        json.dumps({"pid": 1, "username": "somebody", "hostname": "here", "timestamp": "2026-01-01T00:00:00Z"})
    )
    try:
        done = checkout.archkit("destroy", STACK)
    finally:
        lock.unlink()
    assert done.returncode == 1
    assert "error: stack: 'commands-local' is locked by another run" in done.stderr
    assert "pulumi cancel --stack commands-local" in done.stderr


def test_a_program_that_refuses_its_configuration_is_told_once_by_plain_pulumi_too(checkout: Checkout) -> None:
    environment = checkout.plain_environment()
    set_ = ("config", "set", "--path", "archkit:web.servcie.port", "80", "--stack", STACK)
    assert checkout.call("pulumi", *set_, **environment).returncode == 0
    try:
        done = checkout.call("pulumi", "preview", "--stack", STACK, "--non-interactive", **environment)
    finally:
        removed = ("config", "rm", "--path", "archkit:web.servcie", "--stack", STACK)
        assert checkout.call("pulumi", *removed, **environment).returncode == 0
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "did you mean 'service'?" in said
    assert "Traceback" not in said


def test_a_daemon_that_is_not_there_is_told_before_anything_is_touched(checkout: Checkout) -> None:
    done = checkout.archkit("up", STACK, DOCKER_HOST="unix:///nowhere.sock")
    assert done.returncode == 1
    assert "error: docker: the daemon must answer, got no answer; run `archkit doctor --fix`" in done.stderr


def test_an_image_that_does_not_build_stops_before_anything_is_deployed(checkout: Checkout) -> None:
    recipe = checkout.root / "stacks" / "apps" / "web" / "Dockerfile"
    good = recipe.read_text()
    recipe.write_text(good.replace("\nUSER ", "\nRUN echo the disk of the mirror is full && exit 7\nUSER ", 1))
    assert recipe.read_text() != good
    try:
        done = checkout.archkit("up", STACK)
    finally:
        recipe.write_text(good)
    label = f"label=archkit.stack={STACK}"
    made = {
        kind: checkout.call("docker", kind, "ls", "--quiet", "--filter", label).stdout
        for kind in ("service", "network", "config", "secret", "volume")
    }

    assert done.returncode == 1
    assert "error: image localhost/archkit/web:" in done.stderr
    assert "  the disk of the mirror is full" in done.stderr, "the last lines of the build say why"
    assert "Traceback" not in done.stderr
    assert set(made.values()) == {""}, f"something was deployed: {made}"
    containers = checkout.call("docker", "ps", "--all", "--no-trunc", "--format", "{{.Command}}").stdout
    assert "the disk of the mirror" not in containers, "the step that failed is left behind"


def test_what_was_never_deployed_is_removed_without_a_word_too_much(checkout: Checkout) -> None:
    done = checkout.archkit("destroy", STACK, "--remove")
    assert done.returncode == 0, done.stderr
    assert not (checkout.root / ".archkit" / "stacks" / f"Pulumi.{STACK}.yaml").exists()
