"""A database whose file is not what was written says which file it is."""

from contextlib import closing, suppress
from pathlib import Path

from app.local.database import Damaged, Database
from app.local.engine.token_file import TokenFile

SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY) STRICT"


def changed(path: Path, around: bytes) -> list[bytes]:
    """The file with a byte that no text has in place of each of those around some of its text."""
    content = path.read_bytes()
    middle = content.index(around)
    return [
        content[:place] + b"\xe2" + content[place + 1 :]
        for place in range(max(0, middle - 40), middle + len(around))
    ]


def test_a_changed_byte_in_the_schema_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    """SQLite's own message quotes the schema, and Python cannot read what is no text."""
    path = tmp_path / "a.sqlite"
    Database(path, SCHEMA).close()
    damages = list[str]()
    for content in changed(path, b"CREATE TABLE"):
        for file in tmp_path.iterdir():
            file.unlink()
        path.write_bytes(content)
        try:
            Database(path, SCHEMA).close()
        except Damaged as damage:
            damages.append(str(damage))
    assert len(damages) > 10
    assert all(str(path) in damage for damage in damages)


def test_a_token_file_with_such_a_schema_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "tokens.sqlite"
    with closing(TokenFile(path, 1000, 4, "one")):
        pass
    for content in changed(path, b"CREATE TABLE passages"):
        with suppress(FileNotFoundError):
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink()
        path.write_bytes(content)
        with closing(TokenFile(path, 1000, 4, "one")) as file:
            assert file.has_room
