"""Make the lists of names again: `python -m tests.quality._names FOLDER`.

The folder has two packages of PyPI: a wheel of Faker (MIT), for the given names of all its
languages, and names-0.3.0.tar.gz (MIT; its data is the census of the USA of 1990, which is in the
public domain), for given names and the 5,000 most frequent surnames.

A given name that is also a word or a place (Will, Virginia, June) gets a question mark: those that
public corpora have in small letters, those that AWS's guides have at all, and `others` in
_names.toml. A rare one that is also a surname (Miller) gets an asterisk.
"""

import ast
import gzip
import json
import re
import sys
import tarfile
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import app.local.engine.guard.entities as entities
from tests.quality import CORPORA

FOLDER = Path(entities.__file__).parent
SURNAMES = 5_000
COMMON = 400  # of each sex: these are doubted later than rare ones
_NAME = re.compile(r"[^\W\d_a-z][^\W\d_A-Z]+(?:['’-][^\W\d_]+)?")  # noqa: RUF001 an apostrophe
_LATIN = re.compile(r"[A-Za-zÀ-ɏ'’-]{3,}")  # noqa: RUF001 an apostrophe
CHOICES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def of_faker(wheel: Path) -> Iterator[str]:
    with zipfile.ZipFile(wheel) as package:
        for path in package.namelist():
            if re.fullmatch(r"faker/providers/person/\w+/__init__\.py", path):
                for node in ast.walk(ast.parse(package.read(path).decode())):
                    if isinstance(node, ast.Assign) and "first_name" in ast.unparse(
                        node.targets[0]
                    ):
                        yield from (
                            part.value
                            for part in ast.walk(node.value)
                            if isinstance(part, ast.Constant) and isinstance(part.value, str)
                        )


def of_census(archive: Path, file: str) -> list[str]:
    with tarfile.open(archive) as package:
        rows = package.extractfile(f"names-0.3.0/names/{file}")
        assert rows
        return [line.split()[0].capitalize() for line in rows.read().decode().split("\n")[:-1]]


def words() -> tuple[Counter[str], Counter[str]]:
    """How often texts without persons have a word: in AWS's guides, and in all corpora."""
    guides, every = Counter[str](), Counter[str]()
    for corpus, counts in (("awsdocs_qa", guides), ("scifact", every)):
        with gzip.open(CORPORA / corpus / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line)["text"]
                counts.update(
                    re.findall(r"[^\W\d_]+", text if isinstance(text, str) else str(text))
                )
    return guides, guides + every


def main(folder: Path) -> None:
    [wheel] = folder.glob("faker-*.whl")
    archive = folder / "names-0.3.0.tar.gz"
    given = {*of_faker(wheel)}
    for file in ("dist.female.first", "dist.male.first"):
        given.update(of_census(archive, file))
    names = {name for name in given if _NAME.fullmatch(name) and _LATIN.fullmatch(name)}
    common = {
        name
        for file in ("dist.female.first", "dist.male.first")
        for name in of_census(archive, file)[:COMMON]
    }
    family = {*of_census(archive, "dist.all.last")[:SURNAMES]}
    guides, every = words()
    sure, others = set(CHOICES["sure"]), set(CHOICES["others"])
    words_too = {
        name
        for name in names
        if name in others
        or (
            name not in sure
            and max(every[name.lower()], guides[name]) >= (10 if name in common else 2)
        )
    }
    surnames_too = family - common - words_too - sure
    lines = sorted(
        name + "?" * (name in words_too) + "*" * (name in surnames_too) for name in names
    )
    (FOLDER / "given_names.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    surnames = sorted(family)
    (FOLDER / "surnames.txt").write_text("\n".join(surnames) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
