"""What the files say: well-formed, self-contained, escaped, in both modes, and the same bytes everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from topology.icons import Icons
from topology.kinds import How
from topology.model import Model
from topology.theme import Mode
from topology.views import bundle, deployment, drawio, furniture, logical, mermaid, summary
from topology.views.svg import document

from archkit.graph import Graph

ALL = ["svg", "html", "mermaid", "drawio"]
ROOT = Path(__file__).parents[3]
ELSEWHERE = re.compile(r"""(?:href|src|url\()\s*=?\s*["'(]?(?!#|data:|https?://www\.w3\.org)(\w+:|/|\.\.)""")


@pytest.fixture
def files(model: Model) -> dict[str, bytes]:
    return bundle.build(model, "{}", formats=ALL).files


def test_each_svg_is_well_formed_and_needs_nothing_from_elsewhere(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if name.endswith((".svg", ".drawio")):
            ET.fromstring(data)
        if name.endswith(".svg"):
            assert not ELSEWHERE.search(data.decode()), f"{name} must be self-contained"


def test_each_svg_has_a_title_a_dark_mode_and_no_script(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if name.endswith(".svg"):
            text = data.decode()
            assert "prefers-color-scheme:dark" in text, f"{name} would be a white square on a dark page"
            assert "<title" in text
            assert "<script" not in text


def test_names_with_markup_stay_text_in_every_file(request: pytest.FixtureRequest) -> None:
    hostile = next(
        one for one in request.config.pluginmanager.get_plugins() if hasattr(one, "HOSTILE") and hasattr(one, "hostile")
    )
    for name, data in bundle.build(hostile.hostile(), "{}", formats=ALL).files.items():
        text = data.decode()
        assert "<script>alert" not in text, f"{name} would run what a resource is called"
        assert "\u202e" not in text, f"{name} would turn the text behind a name around"
        assert "\x00" not in text


def test_an_icon_is_embedded_once_however_often_it_is_drawn(model: Model) -> None:
    text = document(deployment.scene(model, Icons()), Icons())
    symbols = re.findall(r'<symbol id="([^"]+)"', text)
    assert len(symbols) == len(set(symbols))
    assert text.count("data:image/png") == len([one for one in symbols if not one.startswith("i-tile-")])


def test_a_fixed_palette_has_no_media_query() -> None:
    for mode in (Mode.LIGHT, Mode.DARK):
        from topology.theme import sheet  # noqa: PLC0415 - only this test needs it

        assert "@media" not in sheet(mode), "converters to PNG do not know the reader's system"


def test_the_foot_line_accounts_for_every_resource(drawn: str, model_of: Callable[[str], Model]) -> None:
    model = model_of(drawn)
    figures = [
        int(one) for one in re.findall(r"(\d+) (?:drawn|containers|badges|arrows|folded)", furniture.foot_line(model))
    ]
    assert len(figures) == len(How)
    assert sum(figures) == len(model.accounted), "a resource that no figure counts is a resource that nobody sees"


@pytest.mark.parametrize("many", ["docker-60", "docker-mixed"])
def test_grouping_keeps_every_connection(many: str, request: pytest.FixtureRequest) -> None:
    models = next(one for one in request.config.pluginmanager.get_plugins() if hasattr(one, "MODELS"))
    model = models.MODELS[many]()
    small = summary.summarise(model)
    stands = {node.id: group.node.id for group in small.groups.values() for node in group.nodes}
    wanted = {(stands.get(edge.source, edge.source), stands.get(edge.target, edge.target)) for edge in model.edges}
    assert {(edge.source, edge.target) for edge in small.model.edges} == {pair for pair in wanted if pair[0] != pair[1]}


def test_mermaid_ids_are_plain_and_labels_are_quoted(model: Model) -> None:
    for line in mermaid.document(model).splitlines()[1:]:
        assert line.count('"') in (0, 2), f"an unescaped quote ends a label: {line}"


def test_draw_io_ties_arrows_to_what_they_join(program: str, model_of: Callable[[str], Model]) -> None:
    tree = ET.fromstring(drawio.document(deployment.scene(model_of(program), Icons()), Icons()))
    cells = {cell.get("id") for cell in tree.iter("mxCell")}
    for cell in tree.iter("mxCell"):
        assert {cell.get("source", "0"), cell.get("target", "0")} <= cells


def test_the_web_design_stays_small(record_stack: Callable[[str], Graph]) -> None:
    from topology.derive import derive  # noqa: PLC0415 - only this test needs it

    for stack in ("web-aws", "web-local"):
        for name, data in bundle.build(derive(record_stack(stack)), "{}", formats=["svg"]).files.items():
            assert len(data) <= 300_000, f"{stack}/{name}: a page with a few of these must still load at once"


def test_without_graphviz_the_other_views_are_drawn_and_the_message_says_how_to_get_it(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    built = bundle.build(model, "{}", formats=["svg", "html"])
    assert "logical.svg" not in built.files
    assert {"context.svg", "deployment.svg", "security.svg", "inventory.svg", "index.html"} <= set(built.files)
    assert any("apt install graphviz" in message for message in built.messages)


def test_the_logical_view_carries_the_hash_of_its_model(program: str, model_of: Callable[[str], Model]) -> None:
    scene = logical.scene(model_of(program), Icons())
    assert f'data-model="{model_of(program).hash}"' in document(scene, Icons())


_RENDER = """
import hashlib, sys
sys.path[:0] = {paths!r}
from archkit.graph import Graph
from topology.derive import derive
from topology.views import bundle
from pathlib import Path
digest = hashlib.sha256()
for file in sorted(Path({folder!r}).glob("*.json")):
    text = file.read_text()
    files = bundle.build(derive(Graph.from_json(text)), text, formats=["svg", "mermaid", "drawio", "json"]).files
    for name in sorted(files):
        digest.update(name.encode() + files[name])
print(digest.hexdigest())
"""


def test_the_bytes_depend_on_no_hash_seed_and_no_folder(tmp_path: Path, graph_of: Callable[[str], Graph]) -> None:
    graphs, other = tmp_path / "graphs", tmp_path / "else"
    graphs.mkdir()
    other.mkdir()
    for name in ("three_tier", "docker_host"):
        (graphs / f"{name}.json").write_text(graph_of(name).to_json())
    script = _RENDER.format(paths=[str(ROOT), str(ROOT / "diagrams")], folder=str(graphs))
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, folder in ((0, tmp_path), (1, other), (2, tmp_path), (3, other), (4, ROOT))
    }
    assert len(digests) == 1, "equal designs must be equal bytes, or every check-in shows a change"


def test_a_stale_folder_is_told_from_a_fresh_one(
    program: str, model_of: Callable[[str], Model], graph_of: Callable[[str], Graph], tmp_path: Path
) -> None:
    model = model_of(program)
    built = bundle.build(model, graph_of(program).to_json(), formats=["svg", "png", "mermaid", "json"])
    assert len(bundle.stale(built, tmp_path, model)) == len(built.files), "what is missing is stale"
    bundle.write(built, tmp_path)
    assert bundle.stale(built, tmp_path, model) == []
    (tmp_path / "context.svg").write_text("older")
    assert bundle.stale(built, tmp_path, model) == ["context.svg shows an older design"]
    assert not list(tmp_path.glob(".*.part")), "half-written files must not stay"


def test_a_graph_that_was_edited_by_hand_is_stale_and_told(
    model_of: Callable[[str], Model], graph_of: Callable[[str], Graph], tmp_path: Path
) -> None:
    model = model_of("swarm")
    built = bundle.build(model, graph_of("swarm").to_json(), formats=["json"])
    bundle.write(built, tmp_path)
    file = tmp_path / "graph.json"
    file.write_text(file.read_text().replace("shop-front", "shop-back"))
    (said,) = bundle.stale(built, tmp_path, model)
    assert "graph.json: sha256: must be" in said, "the line with the hash was left alone, and believed"
    assert "edited by hand" in said


PLANTED = "planted-7741-secret"


def test_no_planted_secret_is_in_any_file() -> None:
    import pulumi  # noqa: PLC0415 - only this test makes resources
    import pulumi_aws as aws  # noqa: PLC0415
    import pulumi_docker as docker  # noqa: PLC0415
    from topology.derive import derive  # noqa: PLC0415

    from archkit.recorder import record  # noqa: PLC0415

    def program() -> None:
        secret = pulumi.Output.secret(PLANTED)
        url = pulumi.Output.concat("https://user:", secret, "@host/?a=b c")
        vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags={"Name": secret, "url": url})
        group = aws.ec2.SecurityGroup(
            "group",
            vpc_id=vpc.id,
            description=secret,
            ingress=[
                aws.ec2.SecurityGroupIngressArgs(
                    protocol="tcp", from_port=22, to_port=22, cidr_blocks=["0.0.0.0/0"], description=secret
                )
            ],
        )
        aws.ec2.Instance(
            "server", ami="ami-1", user_data=url, vpc_security_group_ids=[group.id], tags={"Name": PLANTED}
        )
        aws.lambda_.Function(
            "job", role="arn", runtime=secret, environment={"variables": {"KEY": secret}}, description=url
        )
        aws.sqs.Queue("queue", name=secret, policy=pulumi.Output.json_dumps({"deep": [{"key": secret}]}))
        aws.rds.Instance("db", instance_class=secret, username=secret, password=secret, engine=secret)
        aws.route53.Record("name", zone_id=secret, name=secret, type="A", ttl=1, records=[secret])
        aws.ec2transitgateway.TransitGateway("odd", description=secret, tags={"a": secret})
        network = docker.Network("overlay", name=secret, labels=[{"label": "x", "value": secret}])
        docker.Container(
            "box", name=secret, image=secret, envs=[url], command=[secret, PLANTED],
            labels=[{"label": secret, "value": url}],
            networks_advanced=[docker.ContainerNetworksAdvancedArgs(name=network.name, aliases=[secret])],
        )  # fmt: skip
        docker.ServiceConfig("config", data_raw=secret)
        pulumi.ComponentResource("test:index:Part", "part").register_outputs({"dsn": url, "links": [{"to": secret}]})
        pulumi.export("dsn", url)

    graph = record(program, secret_config={"key": PLANTED})
    for name, data in bundle.build(derive(graph), graph.to_json(), formats=[*ALL, "json"]).files.items():
        assert b"planted" not in data, f"{name} shows a secret"
        assert b"cGxhbnRlZC" not in data, f"{name} shows it in base64"
