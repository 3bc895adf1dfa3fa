"""Types that no rule knows, beside some that are known, with names that try to break a picture."""

import pulumi
import pulumi_aws as aws

MARKUP = "<script>alert('x')</script> & \"quotes\""
LONG = "a-name-of-three-hundred-characters-" + "x" * 265
RIGHT_TO_LEFT = "מסד-נתונים-קבלות"
OUTPUTS = {"acme:index/gadget:Gadget": {"serial": "s-1"}, "acme:index/sprocket:Sprocket": {}}


class Gadget(pulumi.CustomResource):
    """A resource of a provider that archkit has never heard of."""

    serial: pulumi.Output[str]

    def __init__(self, name: str, size: int, password: pulumi.Input[str] | None = None) -> None:
        super().__init__("acme:index/gadget:Gadget", name, {"size": size, "password": password, "serial": None})


class Sprocket(pulumi.CustomResource):
    """Another one, made from the first."""

    def __init__(self, name: str, gadget: Gadget) -> None:
        super().__init__("acme:index/sprocket:Sprocket", name, {"gadget": gadget.serial})


def program() -> None:
    """A known queue among unknown types; run with `resources=OUTPUTS`."""
    aws.sqs.Queue("orders")
    gadget = Gadget(MARKUP, 3)
    Sprocket("sprocket", gadget)
    Gadget(LONG, 1)
    Gadget(RIGHT_TO_LEFT, 2)
    aws.iot.Thing("thermometer")
