"""A Java that OpenSearch starts on."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from app.errors import OperatorError
from app.settings import inherited

OLDEST, NEWEST = 11, 23
"""OpenSearch 2.19 needs Java's security manager, which Java 24 no longer has."""
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_PLACES = "/usr/lib/jvm"


def java_home() -> Path:
    """The folder of a Java from OLDEST to NEWEST: the one that OPENSEARCH_JAVA_HOME or JAVA_HOME
    names, the one on the PATH, or another that is installed.

    Raises:
        OperatorError: there is none; it says which were tried.
    """
    others = []
    for home in dict.fromkeys(_homes()):
        version = _version(home)
        if version and OLDEST <= version <= NEWEST:
            return home
        if version:
            others.append(f"Java {version} in {home}")
    tried = f" ({'; '.join(others)} is not one)" if others else ""
    raise OperatorError(
        f"OpenSearch needs Java {OLDEST} to {NEWEST}, and none is installed{tried}. On Debian and "
        "Ubuntu: apt install openjdk-17-jre-headless. OPENSEARCH_JAVA_HOME names one elsewhere."
    )


def _homes() -> Iterator[Path]:
    for name in ("OPENSEARCH_JAVA_HOME", "JAVA_HOME"):
        if home := inherited(name):
            yield Path(home)
    if java := shutil.which("java"):
        yield Path(java).resolve().parents[1]
    yield from sorted(path.resolve() for path in Path(_PLACES).glob("*"))


def _version(home: Path) -> int | None:
    try:
        process = subprocess.run(
            [home / "bin" / "java", "-version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    match = _VERSION.search(process.stderr)
    return int(match[1]) if match else None
