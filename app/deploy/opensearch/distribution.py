"""OpenSearch's files on this machine: fetched once, checked, and put together.

    <folder>/<version>/bin, config, lib, modules, plugins

The k-NN plugin extends the scripting language, and the small distribution lacks that, and the
analyzers for languages; both are modules that are made here from their published archives.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from app.deploy.opensearch import artifacts
from app.deploy.opensearch.artifacts import ARTIFACTS, FETCH, VERSION, Artifact, project
from app.errors import OperatorError

POLICY = """\
grant {
  permission java.lang.RuntimePermission "createClassLoader";
  permission java.lang.RuntimePermission "getClassLoader";
};
"""
"""What the scripting language may do: it compiles a script to a class, and loads that."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """OpenSearch's files, ready to start.

    Attributes:
        path: the folder with bin, config, lib, modules and plugins. Nodes only read it.
    """

    path: Path
    version: str = VERSION


def install(folder: Path) -> Distribution:
    """The distribution below `folder`; fetched by Maven and put together if it is not there.

    Raises:
        OperatorError: Maven is missing or fails, or a file is not the published one.
    """
    path = folder / VERSION
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix="unfinished-") as name:
            scratch = Path(name)
            scratch.chmod(0o755)
            _fetch(scratch / "files")
            _assemble(scratch / "files", scratch / VERSION)
            try:
                (scratch / VERSION).rename(path)
            except OSError:
                if not path.exists():  # else another process was faster
                    raise
    return Distribution(path)


def _fetch(files: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise OperatorError(
            "OpenSearch is fetched by Maven, and there is no `mvn` on the PATH. On Debian and "
            "Ubuntu: apt install maven."
        )
    files.mkdir()
    file = files.parent / "pom.xml"
    file.write_text(project())
    process = subprocess.run(
        [maven, "-q", "-B", "-f", file, FETCH, f"-DoutputDirectory={files}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        lines = [line for line in process.stdout.splitlines() if "ERROR" in line]
        raise OperatorError(f"Maven could not fetch OpenSearch: {lines[0] if lines else 'no word'}")
    check(files, ARTIFACTS)


def check(files: Path, expected: Sequence[Artifact]) -> None:
    """Check that the files are there, and are those that were published.

    Raises:
        OperatorError: naming the first that is not, with both checksums.
    """
    for artifact in expected:
        file = files / artifact.file
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        if sha256 != artifact.sha256:
            raise OperatorError(
                f"{artifact.file} is not the published file: its sha256 is {sha256}, and should "
                f"be {artifact.sha256}. Remove Maven's copy of it, or look who serves it."
            )


def _assemble(files: Path, path: Path) -> None:
    with ZipFile(files / artifacts.DISTRIBUTION.file) as archive:
        archive.extractall(path.parent / "unpacked")
    shutil.move(path.parent / "unpacked" / f"opensearch-{VERSION}", path)
    for program in (path / "bin").iterdir():
        program.chmod(0o755)
    with ZipFile(files / artifacts.KNN.file) as archive:
        archive.extractall(path / "plugins" / "opensearch-knn")
    painless = _module(path, "lang-painless", "org.opensearch.painless.PainlessPlugin", extended="")
    (painless / "plugin-security.policy").write_text(POLICY)
    _copy(files, artifacts.PAINLESS, painless)
    analysis = _module(
        path,
        "analysis-common",
        "org.opensearch.analysis.common.CommonAnalysisPlugin",
        extended="lang-painless",
    )
    _copy(files, artifacts.ANALYSIS, analysis)


def _module(path: Path, name: str, class_name: str, *, extended: str) -> Path:
    module = path / "modules" / name
    module.mkdir()
    properties = {
        "description": name,
        "version": VERSION,
        "name": name,
        "classname": class_name,
        "java.version": "11",
        "opensearch.version": VERSION,
        "custom.foldername": "",
        "extended.plugins": extended,
        "has.native.controller": "false",
    }
    lines = (f"{key}={value}\n" for key, value in properties.items())
    (module / "plugin-descriptor.properties").write_text("".join(lines))
    return module


def _copy(files: Path, archives: Sequence[Artifact], module: Path) -> None:
    for archive in archives:
        shutil.copy(files / archive.file, module)
