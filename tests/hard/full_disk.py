"""No room is left on the disk: what is there can be deleted, and then there is room again.

The home lies in a file system of its own, in memory, which only root can make.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2 as httpx

from app.documents.names import document_id
from tests.hard import Count, Plan, Unavailable
from tests.hard.home import serving

NUMBER = 10  # documents that are deleted
MEGABYTES = 48
SECONDS = 30.0
BLOCK = 2**16


def run(plan: Plan) -> Iterator[Count]:
    """Fill the disk, delete documents and a conversation, and upload again."""
    number = plan.number or NUMBER
    wrong: list[str] = []
    names = [f"d{n}.md" for n in range(number)]
    with (
        TemporaryDirectory() as folder,
        _small_disk(Path(folder)),
        serving(Path(folder) / "home") as home,
        home.http() as http,
    ):
        for name in names:
            home.upload(http, name, f"Granite of {name} is igneous. ".encode() * 200)
        home.until_indexed(http, names, SECONDS * (2 + number / 10))
        asked = http.post("/chat", json={"message": "What is granite?"}).raise_for_status().json()
        left = _fill(Path(folder) / "filler")
        yield Count("bytes left on the disk", left)
        refused = http.post("/chat", json={"message": "What is granite?"})
        if refused.is_error and "application/problem+json" not in refused.headers["content-type"]:
            wrong.append(f"a turn: {refused.text[:200]}")
        wrong += [one for name in names if (one := _deletion(http, name))]
        gone = http.delete(f"/conversations/{asked['conversationId']}")
        if gone.status_code != 204:
            wrong.append(f"the conversation: {gone.status_code} {gone.text[:300]}")
        (Path(folder) / "filler").unlink()
        home.upload(http, "again.md", b"There is room for basalt again.")
        home.until_indexed(http, ["again.md"], SECONDS)
        yield Count("documents deleted on a full disk", number)
        yield Count("deletions that failed", len(wrong), 0, tuple(wrong[:5]))
        dead = [one.name for one in (home.stand_in, home.application) if not one.alive]
        yield Count("crashes", len(dead), 0, tuple(dead))


def _deletion(http: httpx.Client, name: str) -> str | None:
    """Delete a document; what went wrong with that."""
    path = f"/documents/{document_id(name)}"
    answer = http.delete(path)
    if answer.status_code != 202:
        return f"{name}: {answer.status_code} {answer.text[:300]}"
    deadline = time.monotonic() + SECONDS
    while (found := http.get(path)).status_code != 404:
        if time.monotonic() > deadline:
            return f"{name}: still there after {SECONDS:g} s: {found.text[:300]}"
        time.sleep(0.05)
    return None


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    if os.geteuid() != 0:
        raise Unavailable("only root can make a small disk")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise Unavailable(f"no small disk can be made here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _fill(path: Path) -> int:
    """Write until nothing more can be; how many bytes are left."""
    with path.open("wb", buffering=0) as file:
        for size in (BLOCK, 512, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    status = os.statvfs(path)
    return status.f_bavail * status.f_frsize
