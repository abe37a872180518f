"""Which files are taken, and what they are called."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from app.cli.commands.ingest import _readable
from app.cli.files import BadSelection, File, select
from app.cli.names import supported_types

TYPES = (".md", ".txt", ".json", ".html", ".docx")


def write(*names: str) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"This is {name}.")


def names(paths: Iterable[str], prefix: str = "") -> list[str]:
    return [file.name for file in select(map(Path, paths), TYPES, prefix).files]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/readme.md", "a/readme.md"),
        ("./a/readme.md", "a/readme.md"),
        ("a", "a/readme.md"),
        ("a/../a", "a/readme.md"),
        (".", "here/a/readme.md"),
        ("../here/a", "a/readme.md"),
    ],
)
def test_a_name_is_the_path_as_it_is_typed(path: str, name: str) -> None:
    write("a/readme.md")
    assert names([path]) == [name]
    assert names([path], "/masts/") == [f"masts/{name}"]


def test_of_an_absolute_path_the_last_part_is_taken(tmp_path: Path) -> None:
    write("a/deep/readme.md")
    assert names([str(tmp_path / "here" / "a")]) == ["a/deep/readme.md"]
    assert names([str(tmp_path / "here" / "a" / "deep" / "readme.md")]) == ["readme.md"]


def test_two_files_of_one_name_are_refused_and_one_file_twice_is_one(tmp_path: Path) -> None:
    write("x/docs/a.md", "y/docs/a.md")
    assert names(["x/docs", "y/docs"]) == ["x/docs/a.md", "y/docs/a.md"]
    assert names(["x", "x/docs/a.md"]) == ["x/docs/a.md"]
    with pytest.raises(BadSelection, match=r"would both be the document docs/a\.md"):
        select([tmp_path / "here" / "x" / "docs", tmp_path / "here" / "y" / "docs"], TYPES)


def test_ignore_files_say_what_is_left_out() -> None:
    write("d/a.md", "d/b.md", "d/build/c.md", "d/deep/b.md", "d/deep/keep/b.md", "d/.git/x.md")
    Path("d/.outcropignore").write_text("# generated\nbuild/\nb.md\n")
    Path("d/deep/keep/.outcropignore").write_text("!b.md\n")
    assert names(["d"]) == ["d/a.md", "d/deep/keep/b.md"]
    assert names(["d/b.md"]) == ["d/b.md"], "a file that is named itself is taken"


def test_an_ignore_file_that_cannot_be_read_is_said() -> None:
    write("d/a.md")
    Path("d/.outcropignore").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSelection, match=r"d/\.outcropignore cannot be read"):
        names(["d"])


def test_what_cannot_be_read_is_left_out_with_its_reason() -> None:
    write("d/a.md", "d/b.exe", "d/a.md.metadata.json")
    Path("d/loop").symlink_to("..")
    Path("d/nothing.md").symlink_to("gone.md")
    chosen = select([Path("d")], TYPES)
    assert [(path.name, reason) for path, reason in chosen.left_out] == [
        ("b.exe", "not of a type that is read"),
        ("loop", "a link to a folder; name it itself to take it"),
        ("nothing.md", "a link to nothing"),
    ]


def test_what_programs_write_for_themselves_is_left_out_and_said() -> None:
    write("d/a.md", "d/package-lock.json", "d/app.min.html", "d/~$a.docx", "d/data.json")
    write("d/node_modules/x/readme.md", "d/sub/package-lock.json")
    chosen = select([Path("d")], TYPES)
    assert [file.name for file in chosen.files] == ["d/a.md", "d/data.json"]
    assert [path.as_posix() for path, _ in chosen.left_out] == [
        *("d/app.min.html", "d/node_modules", "d/package-lock.json", "d/sub/package-lock.json"),
        "d/~$a.docx",
    ]
    assert {reason for _, reason in chosen.left_out} == {
        "a program wrote it for itself; --all takes it"
    }
    every = select([Path("d")], TYPES, with_machine_files=True)
    assert (len(every.files), every.left_out) == (7, [])
    assert names(["d/package-lock.json"]) == ["d/package-lock.json"], "it is named itself"
    Path("d/.outcropignore").write_text("!package-lock.json\n")
    assert names(["d"]) == [
        *("d/a.md", "d/data.json", "d/package-lock.json", "d/sub/package-lock.json")
    ]


def test_for_a_stack_what_only_the_laptop_reads_is_refused_by_its_type() -> None:
    files = [File(Path(name), name) for name in ("a.md", "b.ODT", "c.exe")]
    kept, refusals = _readable(files, supported_types(in_aws=True))
    assert [file.name for file in kept] == ["a.md", "c.exe"]  # the application refuses the latter
    assert [one["name"] for one in refusals] == ["b.ODT"]
    assert refusals[0]["reason"].startswith("Bedrock does not read files of type .odt")
    assert _readable(files, supported_types()) == (files, [])
