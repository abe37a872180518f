"""A function's bundle, laid out as the stack's is, with packages that run on this machine.

The stack's own has wheels for arm64 and Python 3.14. Here the same distributions, those of the
function's requirements file, come from this environment; the interpreter that runs them has nothing
else, so that what the file lacks is missing here, too.
"""

import os
import re
import shutil
import venv
from importlib.metadata import distribution
from pathlib import Path

from infra.contents import ROOT, sources
from infra.wheels import SERVICES, drop_other_services

PINNED = re.compile(r"^([\w.-]+)==", re.MULTILINE)


def lay_out(target: Path, entry: str, requirements: str) -> Path:
    """The bundle of `lambdas/<entry>` in an empty folder, with botocore's data of the services that
    it calls.
    """
    for path in sources(entry):
        copy = target / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    for name in PINNED.findall((ROOT / requirements).read_text()):
        _link(name, target)
    _copy_data(target)
    drop_other_services(target, SERVICES[entry])
    return target


def _copy_data(target: Path) -> None:
    """Replace the link to botocore by a folder of links, whose data can be taken away."""
    botocore = target / "botocore"
    package = botocore.resolve()
    botocore.unlink()
    botocore.mkdir()
    for each in package.iterdir():
        if each.name != "data":
            (botocore / each.name).symlink_to(each)
    shutil.copytree(package / "data", botocore / "data", copy_function=os.symlink)


def interpreter(target: Path) -> Path:
    """The folder of a `python3` that has no packages of its own."""
    venv.create(target, symlinks=True)
    return target / "bin"


def _link(name: str, target: Path) -> None:
    """A distribution's own files and folders, those at the top of site-packages, by links."""
    files = distribution(name).files or ()
    for top in {file.parts[0] for file in files if not file.parts[0].startswith(("..", "__"))}:
        (target / top).symlink_to(Path(str(distribution(name).locate_file(top))))
