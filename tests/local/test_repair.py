"""A home with a damaged file: said by name when it is opened, and mended."""

import os
import shutil
from pathlib import Path

import pytest

from app.local.database import Damaged, Database, InUse
from app.local.repair import DATABASES, repair
from app.local.s3.storage import Buckets, ObjectAttributes
from app.local.s3.storage.objects import DamagedObject
from app.local.stand_in import Options, StandIn
from tests.hard.home import serving as served
from tests.local.s3.putting import put

SCHEMA = "CREATE TABLE IF NOT EXISTS texts (text TEXT);"


@pytest.fixture(scope="module")
def sound_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that a stand-in has opened and closed."""
    folder = tmp_path_factory.mktemp("closed")
    with StandIn(Options(folder)):
        pass
    return folder


@pytest.fixture
def home(sound_home: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(sound_home, tmp_path / "home"))


def flip(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("file", DATABASES, ids=str)
@pytest.mark.parametrize("damage", ["a bit", "the head"])
def test_a_damaged_database_is_named_and_set_aside(home: Path, file: Path, damage: str) -> None:
    if damage == "a bit":
        flip(home / file, (home / file).stat().st_size - 100)
    else:
        (home / file).write_bytes(b"x" * 4096)
    check_repair(home, file)


def test_a_database_of_another_program_is_named_and_set_aside(home: Path) -> None:
    file = Path("knowledge", "state.sqlite")
    for path in home.glob(f"{file}*"):
        path.unlink()
    Database(home / file, "CREATE TABLE client_tokens (x TEXT)").close()
    check_repair(home, file)


def check_repair(home: Path, file: Path) -> None:
    with pytest.raises(Damaged, match="outcrop doctor --repair") as damaged:
        StandIn(Options(home))
    assert damaged.value.path == home / file
    done = repair(home)
    assert done["setAside"] == [str(file)]
    assert (Path(str(done["folder"])) / file).exists()
    with StandIn(Options(home)):
        pass


def test_a_sound_home_is_left_as_it_is(home: Path) -> None:
    assert repair(home) == {"setAside": [], "damagedObjects": []}


def test_a_home_in_use_is_not_repaired(home: Path) -> None:
    with StandIn(Options(home)), pytest.raises(InUse):
        repair(home)


def test_every_bit_of_a_closed_file_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database = Database(path, SCHEMA)
    with database.transaction() as connection:
        connection.execute("INSERT INTO texts VALUES ('granite')")
    database.close()
    place = path.read_bytes().index(b"granite")
    flip(path, place)
    with pytest.raises(Damaged):
        Database(path, SCHEMA)
    flip(path, place)
    again = Database(path, SCHEMA)
    assert again.query("SELECT text FROM texts")[0]["text"] == "granite"
    again.close()


def test_a_damaged_seal_damages_nothing(tmp_path: Path) -> None:
    path, seal = tmp_path / "a.sqlite", tmp_path / "a.sqlite.seal"
    Database(path, SCHEMA).close()
    sealed = seal.read_bytes()
    between = sealed.index(b"\n")
    for place, bit in ((3, 0), (3, 7), (between, 0), (between, 7), (between + 3, 1), (-1, 1)):
        damaged = bytearray(sealed)
        damaged[place] ^= 1 << bit
        seal.write_bytes(damaged)
        Database(path, SCHEMA).close()
    for worthless in (b"", b"a" * 40 + b"\n" + b"b" * 40):
        seal.write_bytes(worthless)
        Database(path, SCHEMA).close()


def test_a_file_that_was_not_closed_has_no_seal(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite", SCHEMA)
    assert not list(tmp_path.glob("*.seal"))
    database.close()
    assert list(tmp_path.glob("*.seal*")) == [tmp_path / "a.sqlite.seal"]


def test_an_object_whose_bytes_changed_by_themselves_is_not_read(tmp_path: Path) -> None:
    buckets = Buckets(tmp_path)
    buckets.create("documents")
    item = put(buckets, "documents", "a.md", b"granite", ObjectAttributes())
    buckets.close()
    path = tmp_path / "s3" / "documents" / "a.md"
    status = path.stat()
    with path.open("r+b") as file:
        file.write(b"marble!")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert repair(tmp_path)["damagedObjects"] == ["s3://documents/a.md"]
    again = Buckets(tmp_path)
    for read in (again.open, again.path):
        with pytest.raises(DamagedObject, match=r"'a\.md' in the bucket documents is damaged"):
            read("documents", "a.md")
    put(again, "documents", "a.md", b"granite", ObjectAttributes())
    opened, file_ = again.open("documents", "a.md")
    with file_:
        assert (opened.md5, file_.read()) == (item.md5, b"granite")
    again.close()


def test_documents_are_indexed_again_after_a_repair(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    with served(folder, forked=True) as home, home.http() as http:
        home.upload(http, "granite.md", b"Granite is an igneous rock.")
        home.until_indexed(http, ["granite.md"])
    flip(folder / "knowledge" / "state.sqlite", 5000)
    flip(folder / "queues.sqlite", 5000)
    assert repair(folder)["setAside"] == ["queues.sqlite", "knowledge/state.sqlite"]
    with served(folder, forked=True) as home, home.http() as http:
        home.until_indexed(http, ["granite.md"])
