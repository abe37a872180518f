"""A function's code: Outcrop's packages and the wheels that they need, built without Docker.

The wheels are those for Lambda's Python and processor, on any machine: uv installs them by their
hashes from a requirements file, and builds nothing. Of `app`, the bundle has the packages that the
application in AWS imports: not the stand-in, not the command line. Of botocore it has the data of
the services that the function calls, out of more than four hundred.

Lambda unpacks a bundle into a folder that cannot be written to, so every start would compile what
it imports. The bundle therefore holds bytecode, if there is the runtime's own Python to make it.
"""

import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from app import page_files
from infra.contents import ROOT, sources
from infra.wheels import (
    PLATFORM,
    PYTHON,
    SERVICES,
    compile_all,
    drop_other_services,
    install,
    runtime_python,
    size_of,
)


class TooLarge(Exception):
    """A bundle is larger than its limit."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The contents of a function's bundle.

    Attributes:
        entry: its folder in `lambdas/`.
        requirements: the file that pins its wheels.
        limit: its largest size, unzipped, in MB.
        with_page: whether it has the page's files too.
    """

    entry: str
    requirements: str
    limit: int
    with_page: bool = False

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
        """The hash of every file in the bundle, and of the options that choose the wheels, the data
        and the bytecode.
        """
        bytecode = "bytecode" if runtime_python() else "no bytecode"
        options = f"{PYTHON} {PLATFORM} {' '.join(SERVICES[self.entry])} {bytecode}"
        sha256 = hashlib.sha256(options.encode())
        for path in (ROOT / self.requirements, *sources(self.entry)):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            sha256.update(f"{path.relative_to(ROOT)} {content}\n".encode())
        if self.with_page:
            sha256.update(page_files.digest().encode())
        return sha256.hexdigest()

    def build(self, target: Path) -> None:
        """Write the bundle into an empty folder.

        Raises:
            TooLarge: it is over its limit.
            NotBuilt: it has the page, and that is not built.
        """
        install(ROOT / self.requirements, target)
        for path in sources(self.entry):
            copy = target / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        if self.with_page:
            page_files.copy_to(target / page_files.BUILT.relative_to(ROOT))
        drop_other_services(target, SERVICES[self.entry])
        python = runtime_python()
        if python:
            compile_all(target, python)
        size = size_of(target)
        remark = "" if python else f", without bytecode: there is no Python {PYTHON} to make it"
        print(f"{self.entry}: {size:.1f} MB of {self.limit}{remark}", file=sys.stderr)  # noqa: T201
        if size > self.limit:
            raise TooLarge(
                f"The {self.entry} function has {size:.1f} MB, and may have {self.limit}. See what "
                f"came into {self.requirements}."
            )


@jsii.implements(ILocalBundling)
class _WithoutDocker:
    """Builds a bundle where the CDK would start a container."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def try_bundle(self, output_dir: str, *_options: Any, **_more: Any) -> bool:
        """Build it. jsii passes the options in more than one way, and none is needed."""
        self._bundle.build(Path(output_dir))
        return True
