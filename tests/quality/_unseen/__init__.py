"""Questions that nothing was fitted on, and the documents that they are asked about.

newcomers.jsonl   about README.md and docs/, as somebody asks who has just found the project
others.jsonl      about documents as users have them: a handbook, a price list, a runbook, minutes,
                  a list of changes, all made up and kept here; and READMEs and pages of installed
                  packages, of which no text is kept
ordinary.jsonl    about 30 documents of other kinds, made up and kept in ordinary/: pages for users
                  of an API, a command and a library, a contract, a timetable, minutes, lists of
                  instruments and invoices, a recipe, pages in five other languages, as Markdown,
                  HTML, reStructuredText, CSV, a notebook, Word, PowerPoint, Excel and PDF
near_misses.jsonl  about the same documents, and none of them answers: another number, another
                  year, another product, a column that the table has not
siblings.jsonl    about 20 more, in siblings/, half of them tables: prices, stocks, timetables,
                  readings; the others a manual, rules, minutes, an API, a leaflet, a report. Each
                  has as many near misses as questions that it answers
turns.jsonl       conversations about 8 documents of everyday life, in turns/: a club, two machines,
                  a letter of a school, a practice, minutes, two tables. What follows up leans on
                  the turn before; what is "alone" stands alone, though other things were said
                  before it; what is "unanswerable" leans, and nothing answers it
cousins.jsonl     about 10 more, in cousins/, of the same sorts as siblings and about other things,
                  written once the rules for those were there; nearly as many near misses
rewordings.jsonl  about 8 more, in rewordings/: what they say is asked for in other words than
                  theirs ("how long", of a column "duration"), misspelled, of "Ms Adler's number",
                  of what is most of a table, and two things at once; a fourth are near misses
strangers.jsonl   about 12 more, in strangers/, of sorts that none of the others has: a data sheet,
                  an advertisement for a post, a tariff, a report of a match, a leaflet of a
                  medicine, a policy, lots of an auction, statutes, a menu, a life, a calendar, a
                  forecast. Ten near misses each, of seven that it answers

Half of each file is "open": its wrong answers were read while the writer was worked on. The other
half is "kept": it was only counted. No document but the project's own has
questions in both halves.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.cli.files import select
from app.cli.names import supported_types
from tests.quality import ROOT
from tests.quality._readmes import node_modules, readme
from tests.quality._unseen._made import made

FOLDER = Path(__file__).parent
SETS = (
    *("newcomers", "others", "ordinary", "near_misses", "siblings", "turns", "cousins"),
    *("rewordings", "strangers"),
)
# sets with a folder of that name
_OF_THEIR_OWN = ("siblings", "turns", "cousins", "rewordings", "strangers")

_PACKAGES = {
    "sse_starlette.md": "sse-starlette",
    "jmespath.rst": "jmespath",
    "chardet.md": "chardet",
    "pathspec.rst": "pathspec",
}
_PAGES = {  # that come with Node.js
    "corepack.md": "corepack/README.md",
    "npm-ci.md": "npm/docs/content/commands/npm-ci.md",
    "npm-audit.md": "npm/docs/content/commands/npm-audit.md",
}


def conversations(name: str) -> list[list[dict[str, Any]]]:
    """The conversations of a set, each with its turns; most have one. Each turn has its half."""
    lines = (FOLDER / f"{name}.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [[{**turn, "half": row["half"]} for turn in row.get("turns", [row])] for row in rows]


def documents(name: str) -> Mapping[str, bytes]:
    """The documents of a set, by their names; those of packages that are not installed are
    missing.
    """
    match name:
        case "newcomers":
            return _own_docs()
        case "others":
            return _others()
    folder = FOLDER / (name if name in _OF_THEIR_OWN else "ordinary")
    return dict(made(file) for file in sorted(folder.iterdir()))


def _own_docs() -> dict[str, bytes]:
    """What `outcrop demo` reads."""
    files = select([ROOT / "README.md", ROOT / "docs"], supported_types()).files
    return {one.name: one.path.read_bytes() for one in files}


def _others() -> dict[str, bytes]:
    own = {file.name: file.read_bytes() for file in sorted((FOLDER / "documents").iterdir())}
    texts = {name: readme(package).encode() for name, package in _PACKAGES.items()}
    pages = {name: node_modules() / path for name, path in _PAGES.items()}
    texts |= {name: page.read_bytes() for name, page in pages.items() if page.exists()}
    return own | {name: text for name, text in texts.items() if text}
