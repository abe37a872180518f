"""Where keys lie: reversible, inside the folder, and never in each other's way."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.local.s3.storage import layout
from app.local.s3.storage.layout import (
    Blocked,
    State,
    find,
    key_at,
    place,
)

ODD = [
    *(
        "",
        ".",
        "..",
        ".env",
        "a",
        "A",
        "b",
        "é",
        "e\u0301",
        "%=",
        "%~",
        "%+",
        "%=a",
        "%=A",
        "%2F",
        "\0",
    ),
    *("a" * 80, "a" * 81, "a" * 160, "a" * 255, "a" * 256, "\N{SNOWMAN}" * 100, "...", "a b", "\\"),
]
SEGMENTS = st.sampled_from(ODD) | st.text(max_size=5).filter(lambda text: "/" not in text)
KEYS = (
    st.lists(SEGMENTS, min_size=1, max_size=5).map("/".join)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=1024)
).filter(lambda key: 1 <= len(key.encode("utf-8", "surrogatepass")) <= 1024 and _is_utf8(key))


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


class Tree:
    """A folder in memory. With `folds`, one that takes two spellings of a name for one."""

    def __init__(self, folds: bool) -> None:
        self._folds = folds
        self.entries: dict[str, tuple[str, State]] = {}

    def look(self, path: str) -> State:
        name, state = self.entries.get(self._spelled(path), (path, None))
        return state if name == path else "taken"

    def add(self, path: str) -> None:
        """A file, and the folders that it lies in."""
        names = path.split("/")
        for length in range(1, len(names)):
            parent = "/".join(names[:length])
            there = self.entries.setdefault(self._spelled(parent), (parent, "folder"))
            assert there == (parent, "folder")
        assert self._spelled(path) not in self.entries
        self.entries[self._spelled(path)] = (path, "file")

    def _spelled(self, path: str) -> str:
        return unicodedata.normalize("NFC", path).casefold() if self._folds else path


@given(st.lists(KEYS, unique=True, max_size=12), st.booleans())
@example(["a", "a/b", "a/b/c", "a/", "a//", "%=a"], False)
@example(["a", "A", "%=a", "%=A", "%=%41"], True)
def test_every_key_has_a_place_of_its_own_and_is_found_there(keys: list[str], folds: bool) -> None:
    tree = Tree(folds)
    places = {}
    for key in keys:
        places[key] = place(key, tree.look)
        tree.add(places[key])
    for key, path in places.items():
        assert find(key, tree.look) == path
        assert place(key, tree.look) == path
        assert key_at(path.split("/")) == key
        for name in path.split("/"):
            assert 1 <= len(name.encode()) <= layout.LONGEST_NAME
            assert not name.startswith(".")
            assert "\0" not in name


@given(st.lists(SEGMENTS.filter(lambda name: name not in ("", ".", "..")), min_size=1, max_size=4))
@example(["%=a%2Fb"])
@example(["%=a", "b"])
@example(["%~a"])
@example(["%=A"])
@example(["%+" + "a" * 80, "b"])
@example(["%+" + "a" * 80, "%="])
@example(["%+" + "a" * 79, "%=b"])
@example(["%=" + "a" * 81])
@example(["\udcff.txt"])
def test_a_file_put_there_by_hand_is_found_under_its_key_or_is_no_object(names: list[str]) -> None:
    key = key_at(names)
    tree = Tree(folds=False)
    tree.add("/".join(names))
    if key is not None:
        assert find(key, tree.look) == "/".join(names)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("reports/2024.pdf", "reports/2024.pdf"),
        ("100%.txt", "100%.txt"),
        ("../../etc/passwd", "%~../%~../etc/passwd"),
        ("/absolute", "%~/absolute"),
        ("a//b/", "a/%~/b/%="),
        (".env", "%=.env"),
        ("%=x", "%=%25%3Dx"),
    ],
)
def test_names_that_a_person_meets(key: str, path: str) -> None:
    assert place(key, Tree(folds=False).look) == path


def test_what_is_in_the_way_is_named() -> None:
    tree = Tree(folds=False)
    tree.add("a/x")
    tree.add("%=a/x")  # a folder under the name of an escaped file
    with pytest.raises(Blocked, match="'a'"):
        place("a", tree.look)
