"""A function's code: Outcrop's packages and the wheels that they need, built without Docker.

The wheels are those for Lambda's Python and processor, on any machine: uv installs them by their
hashes from a requirements file, and builds nothing. Of `app`, the bundle has the packages that the
application in AWS imports: not the stand-in, not the command line.
"""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from infra.contents import ROOT, sources

PYTHON, PLATFORM = "3.14", "aarch64-manylinux2014"
MEGABYTE = 1_000_000


class TooLarge(Exception):
    """A bundle is larger than its limit."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The contents of a function's bundle.

    Attributes:
        entry: its folder in `lambdas/`.
        requirements: the file that pins its wheels.
        limit: its largest size, unzipped, in MB.
    """

    entry: str
    requirements: str
    limit: int

    def code(self) -> lambda_.AssetCode:
        """The asset. Its hash covers the contents, so that it is built again only after a
        change.
        """
        return lambda_.Code.from_asset(
            str(ROOT),
            asset_hash_type=AssetHashType.CUSTOM,
            asset_hash=self.digest(),
            bundling=BundlingOptions(
                image=DockerImage.from_registry("none"), local=_WithoutDocker(self)
            ),
        )

    def digest(self) -> str:
        """The hash of every file in the bundle, and of the options that choose the wheels."""
        sha256 = hashlib.sha256(f"{PYTHON} {PLATFORM}".encode())
        for path in (ROOT / self.requirements, *sources(self.entry)):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            sha256.update(f"{path.relative_to(ROOT)} {content}\n".encode())
        return sha256.hexdigest()

    def build(self, target: Path) -> None:
        """Write the bundle into an empty folder.

        Raises:
            TooLarge: it is over its limit.
        """
        _install(ROOT / self.requirements, target)
        for path in sources(self.entry):
            copy = target / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        size = sum(path.stat().st_size for path in target.rglob("*")) / MEGABYTE
        print(f"{self.entry}: {size:.1f} MB of {self.limit}", file=sys.stderr)  # noqa: T201
        if size > self.limit:
            raise TooLarge(
                f"The {self.entry} function has {size:.1f} MB, and may have {self.limit}. See what "
                f"came into {self.requirements}."
            )


def _install(requirements: Path, target: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-installer-metadata"]
    where = ["--target", str(target), "--python-version", PYTHON, "--python-platform", PLATFORM]
    subprocess.run(
        [uv, "pip", "install", "--quiet", *options, *where, "-r", requirements], check=True
    )
    shutil.rmtree(target / "bin", ignore_errors=True)
    (target / ".lock").unlink(missing_ok=True)


@jsii.implements(ILocalBundling)
class _WithoutDocker:
    """Builds a bundle where the CDK would start a container."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def try_bundle(self, output_dir: str, *_options: Any, **_more: Any) -> bool:
        """Build it. jsii passes the options in more than one way, and none is needed."""
        self._bundle.build(Path(output_dir))
        return True
