"""One bit of one file of the home is wrong: no wrong content is served; all start, or say why not.

The file keeps its size, its time and its number, as when a disk fails. Each kind of file is struck
in turn, at seeded places.
"""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx2 as httpx
from rich.progress import track

from app.documents.names import document_id
from tests.hard import Count, Plan
from tests.hard.home import Home, serving

NUMBER = 200
SECONDS = 30.0  # within which what can be rebuilt has been
QUESTION = "How hard is quartz?"
DOCUMENTS = {
    f"{name}.md": f"# {name}\n\n" + f"The {name} is a mineral of hardness {number}. " * 40
    for number, name in enumerate(("quartz", "talc", "gypsum", "topaz"))
}
UNREAD = (".log", ".lock", "lock", "running.json")  # which nobody reads again


def run(plan: Plan) -> Iterator[Count]:
    """So many flips, each in a fresh copy of one home."""
    number = plan.number or NUMBER
    random = Random(plan.seed)
    wrong: list[str] = []
    silent: list[str] = []
    lost: list[str] = []
    refused = 0
    with TemporaryDirectory() as folder:
        live, whole = Path(folder) / "home", Path(folder) / "whole"
        with serving(live, forked=True) as home:
            truth = _furnish(home)
            home.stop()
            shutil.copytree(live, whole, symlinks=True)
            kinds = _kinds(whole)
            order = [kind for _ in range(number) for kind in sorted(kinds)][:number]
            for kind in track(order, "flips", transient=True):
                shutil.rmtree(live)
                shutil.copytree(whole, live, symlinks=True)
                home.start()
                _examined(home, truth)  # which makes copied files its own: they have other numbers
                home.stop()
                path = live / random.choice(kinds[kind])
                where = f"{path.relative_to(live)} at byte {_flip(path, random)}"
                try:
                    home.start()
                except RuntimeError as error:
                    refused += 1
                    silent += [] if path.name in str(error) else [f"{where}: {error}"]
                    home.stop()
                    continue
                except Exception as error:  # noqa: BLE001 - any is an answer that does not help
                    silent.append(f"{where}: {error!r}")
                    home.stop()
                    continue
                false, missing = _examined(home, truth)
                wrong += [f"{where}: {one}" for one in false]
                lost += [f"{where}: {one}" for one in missing]
                home.stop()
    yield Count("flips", number)
    yield Count("kinds of files", len(kinds))
    yield Count("starts that were refused, with the file's name", refused - len(silent))
    yield Count("starts that failed and did not name the file", len(silent), 0, tuple(silent[:10]))
    yield Count("wrong content", len(wrong), 0, tuple(wrong[:10]))
    yield Count("content not served", len(lost), None, tuple(lost[:10]))


def _furnish(home: Home) -> str:
    """Documents, and a conversation; gives the conversation's id."""
    with home.http() as http:
        for name, text in DOCUMENTS.items():
            home.upload(http, name, text.encode())
        home.until_indexed(http, list(DOCUMENTS))
        answer = http.post("/chat", json={"message": QUESTION}).raise_for_status().json()
    return str(answer["conversationId"])


def _kinds(folder: Path) -> dict[str, list[Path]]:
    """Every file that is read again, by what kind of file it is."""
    kinds: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size and not path.name.endswith(UNREAD):
            place = path.relative_to(folder)
            kind = f"{place.parts[0]} {path.suffix or path.name}"
            kinds.setdefault(kind, []).append(place)
    return kinds


def _flip(path: Path, random: Random) -> int:
    """Flip a bit; gives the byte that it was in."""
    status = path.stat()
    content = bytearray(path.read_bytes())
    place = random.randrange(len(content))
    content[place] ^= 1 << random.randrange(8)
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return place


def _examined(home: Home, conversation: str) -> tuple[list[str], list[str]]:
    """What is served that is not so, and what is not served that should be."""
    deadline = time.monotonic() + SECONDS
    with home.http() as http:
        while True:
            wrong, missing = _look(http, conversation)
            if wrong or not missing or time.monotonic() > deadline:
                return wrong, missing
            time.sleep(0.2)


def _look(http: httpx.Client, conversation: str) -> tuple[list[str], list[str]]:
    wrong: list[str] = []
    missing: list[str] = []
    for name in DOCUMENTS:
        found = http.get(f"/documents/{document_id(name)}")
        if not found.is_success or found.json()["status"] != "INDEXED":
            missing.append(f"{name}: {found.text[:200]}")
    search = http.post("/search", json={"query": "hardness of a mineral", "limit": 100})
    passages = search.json().get("passages", [])
    wrong += [
        f"{passage['document']} is found as {passage['text'][:200]!r}"
        for passage in passages
        if _plain(passage["text"]) not in _plain(DOCUMENTS.get(passage["document"], ""))
    ]
    if {passage["document"] for passage in passages} != set(DOCUMENTS):
        missing.append(f"a search finds {sorted({one['document'] for one in passages})}")
    turns = http.get(f"/conversations/{conversation}")
    if not turns.is_success:
        missing.append(f"the conversation: {turns.text[:200]}")
    for turn in turns.json().get("turns", []):
        if turn["question"] != QUESTION or not _is_quoted(turn["answer"]):
            wrong.append(f"the conversation has {turn['question']!r}, {turn['answer']!r}")
    return wrong, missing


def _is_quoted(answer: str) -> bool:
    """Whether the stand-in model can have written it: it quotes sentences of the documents."""
    sentences = {
        f"The {name[:-3]} is a mineral of hardness {n}." for n, name in enumerate(DOCUMENTS)
    }
    return any(sentence.rstrip(".") in answer for sentence in sentences)


def _plain(text: str) -> str:
    """The words, without what a parser makes of headings and line ends."""
    return " ".join(text.replace("#", " ").split())
