"""Reads the tokens of an RTF file: its groups, and what each control word does to the text."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.local import lazy_re as re
from app.local.engine.parsers.rtf.charsets import CHARACTERS, decode, page
from app.local.engine.parsers.rtf.fields import Field
from app.local.engine.parsers.rtf.story import PAGE_NUMBER, RtfStory, without_page_number
from app.local.engine.parsers.rtf.tables import ColourTable, FontTable, StyleTable, level_of
from app.local.engine.parsers.rtf.words import FORMULA_SIGNS, LEFT_OUT, OTHERS, SHOWN, STORIES

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})"
    r"|\\(?P<sign>[^A-Za-z])|(?P<brace>[{}])|(?P<end>[\r\n]+)|(?P<text>[^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_NOTHING, _TEXT = "nothing", "text"
_FORM = {"ffres": "value", "ffdefres": "default"}  # the values of a form's field
_BACKGROUNDS = ("cb", "highlight", "chcbpat", "cbpat")
_PARTS = ("red", "green", "blue")


@dataclass
class _Group:
    """What holds until the end of a group."""

    story: RtfStory
    destination: str = _TEXT
    encoding: str = ""  # of its font; empty for that of the document
    width: int = 1  # characters that stand for one of Unicode before them
    is_hidden: bool = False
    is_white: bool = False
    is_lit: bool = False  # on a background of its own
    field: Field | None = None


class RtfReader:
    """Reads the tokens of one file, with a stack of the groups that are open."""

    def __init__(self) -> None:
        self._body = RtfStory()
        self._margins: dict[str, list[str]] = {"header": [], "footer": []}
        self._notes: list[str] = []
        self._author = ""
        self._encoding = "cp1252"
        self._fonts, self._colours, self._styles = FontTable(), ColourTable(), StyleTable()
        self._group = _Group(self._body)
        self._stack: list[_Group] = []
        self._merged = [False, False]  # whether the cell that is defined goes on with another
        self._skipped = 0  # characters that are still to be skipped
        self._is_optional = False  # the next word begins a group that may be left out
        self._bytes = bytearray()  # text that is not decoded yet
        self._words: dict[str, Callable[[int], None]] = {
            **dict.fromkeys(("par", "sect", "page"), lambda _: self._story().end_paragraph()),
            **dict.fromkeys(("line", "nestrow"), lambda _: self._write("\n")),
            "nestcell": lambda _: self._write(" "),
            "cell": lambda _: self._story().end_cell(),
            "row": lambda _: self._story().end_row(),
            "pard": lambda _: self._story().reset(),
            "chpgn": lambda _: self._write_page_number(),
            "intbl": self._enter_table,
            "s": self._set_style,
            "outlinelevel": self._set_level,
            "ilvl": self._set_depth,
            "trowd": lambda _: self._story().spans.clear(),
            "clmrg": lambda _: self._merge(0),
            "clvmrg": lambda _: self._merge(1),
            "cellx": self._define_cell,
            "cpg": self._set_page,
            **{name: self._writer(sign) for name, sign in FORMULA_SIGNS.items()},
            "ansicpg": self._set_encoding,
            "mac": lambda _: self._set_encoding(10000),
            "pc": lambda _: self._set_encoding(437),
            "pca": lambda _: self._set_encoding(850),
            "f": self._set_font,
            "fcharset": self._set_charset,
            "field": self._begin_field,
            "cf": self._set_colour,
            **dict.fromkeys(_BACKGROUNDS, self._set_background),
            **dict.fromkeys(_PARTS, self._colours.add_part),
        }

    def read(self, text: str) -> None:
        at = 0
        while match := _TOKEN.match(text, at):
            at = match.end()
            if match["text"]:
                self._add(match["text"].encode("latin-1"))
            elif match["hex"]:
                self._add(bytes.fromhex(match["hex"]))
            elif match["sign"] and match["sign"] in "\\{}":  # may be the second byte of a letter
                self._add(match["sign"].encode())
            elif not match["end"]:
                self._decode()
                if match["word"] == "bin":
                    at += max(0, int(match["number"] or 0))
                elif match["word"]:
                    self._read_word(match["word"], match["number"])
                elif match["brace"]:
                    self._skipped = 0
                    self._open() if match["brace"] == "{" else self._close()
                elif match["sign"]:
                    self._read_sign(match["sign"])
        self._decode()

    def text(self) -> str:
        body = self._body.blocks()
        notes = "\n".join(f"{number}. {note}" for number, note in enumerate(self._notes, start=1))
        headers, footers = (list(dict.fromkeys(each)) for each in self._margins.values())
        return "\n\n".join(filter(None, [*headers, *body, *footers, notes]))

    def _story(self) -> RtfStory:
        """The story that is written; one that is thrown away where nothing is."""
        is_text = self._group.destination == _TEXT or self._group.destination in STORIES
        group = self._group
        is_faded = group.is_white and not group.is_lit and not group.story.in_table
        return group.story if is_text and not group.is_hidden and not is_faded else RtfStory()

    def _open(self) -> None:
        self._stack.append(self._group)
        self._group = replace(self._group)

    def _close(self) -> None:
        if not self._stack:
            return
        closed, self._group = self._group, self._stack.pop()
        if closed.field is not None and closed.field is not self._group.field:
            self._end_field(closed.field)
        if closed.story is not self._group.story:
            self._end_story(closed.destination, closed.story)

    def _end_story(self, name: str, story: RtfStory) -> None:
        text = "\n\n".join(story.blocks())
        if not text or self._group.is_hidden:
            return
        if name == "footnote":
            self._notes.append(text)
            self._write(f"[{len(self._notes)}]")
        elif name == "annotation":
            label = f"Comment by {self._author}: " if self._author else "Comment: "
            self._group.story.add_after(label + text)
        else:
            self._margins[name[:6]].append(without_page_number(text))

    def _read_word(self, word: str, number: str | None) -> None:
        is_optional, self._is_optional = self._is_optional, False
        group = self._group
        if word == "u":
            self._write(chr(int(number or 0) % 65536))
            self._skipped = group.width
            return
        if self._skipped:
            self._skipped -= 1
            return
        if word in ("v", "deleted"):
            group.is_hidden = number != "0"
        elif word == "plain":
            group.is_hidden, group.encoding = False, ""
            group.is_white = group.is_lit = False
        elif word == "uc":
            group.width = int(number or 1)
        elif word in SHOWN:
            group.destination = _TEXT
        elif word in LEFT_OUT or (word[0] == "m" and word.endswith("Pr")):
            group.destination = _NOTHING
        elif group.destination == _NOTHING:
            pass
        elif word in STORIES:
            group.destination, group.story, group.field = word, RtfStory(), None
        elif word in OTHERS:
            group.destination = word
            self._author = "" if word == "atnauthor" else self._author
            if word == "ffl" and group.field:
                group.field.options.append("")
        elif word == "shptxt":
            group.destination = _TEXT
        elif word in CHARACTERS:
            self._write(CHARACTERS[word])
        elif word in self._words:
            self._words[word](int(number or 0))
        elif word in _FORM and group.field:
            setattr(group.field, _FORM[word], int(number or 0))
        elif is_optional:
            group.destination = _NOTHING

    def _read_sign(self, sign: str) -> None:
        if sign == "*":
            self._is_optional = True
        elif sign in "\r\n":
            self._story().end_paragraph()
        elif self._skipped:
            self._skipped -= 1
        else:
            self._write({"~": " ", "_": "-", "-": ""}.get(sign, sign))

    def _add(self, content: bytes) -> None:
        skipped = min(self._skipped, len(content))
        self._skipped -= skipped
        self._bytes += content[skipped:]

    def _decode(self) -> None:
        if self._bytes:
            content = bytes(self._bytes)
            self._bytes.clear()
            self._write(decode(content, self._group.encoding or self._encoding))

    def _write(self, text: str) -> None:
        match self._group.destination:
            case "stylesheet":
                self._styles.read_name(text)
            case "fldinst":
                if self._group.field:
                    self._group.field.instruction += text
            case "colortbl":
                self._colours.end(text.count(";"))
            case "atnauthor":
                self._author += text
            case "ffl":
                if self._group.field:
                    self._group.field.options[-1] += text
            case "listtext" | "pntext":
                if not self._group.is_hidden:
                    self._group.story.label += text
            case _:
                self._story().paragraph += text

    def _writer(self, sign: str) -> Callable[[int], None]:
        return lambda _: self._write(sign)

    def _write_page_number(self) -> None:
        if self._group.destination[:6] in self._margins:
            self._write(PAGE_NUMBER)

    def _enter_table(self, _: int) -> None:
        self._story().in_table = True

    def _set_style(self, number: int) -> None:
        if self._group.destination == "stylesheet":
            self._styles.begin(number)
        else:
            self._story().level = self._styles.level(number)

    def _set_level(self, number: int) -> None:
        level = level_of(number)
        if self._group.destination == "stylesheet":
            self._styles.set_level(level)
        else:
            self._story().level = level

    def _set_depth(self, number: int) -> None:
        self._story().depth = min(number, 8)

    def _set_encoding(self, number: int) -> None:
        self._encoding = page(number) if number else self._encoding

    def _set_font(self, number: int) -> None:
        if self._group.destination == "fonttbl":
            self._fonts.begin(number)
        else:
            self._group.encoding = self._fonts.encoding(number)

    def _set_charset(self, number: int) -> None:
        if self._group.destination == "fonttbl":
            self._fonts.set_charset(number)

    def _set_page(self, number: int) -> None:
        if self._group.destination == "fonttbl":
            self._fonts.set_page(number)

    def _merge(self, kind: int) -> None:
        self._merged[kind] = True

    def _define_cell(self, _: int) -> None:
        beside, below = self._merged
        self._story().spans.append((beside, below))
        self._merged = [False, False]

    def _set_colour(self, number: int) -> None:
        self._group.is_white = self._colours.is_white(number)

    def _set_background(self, number: int) -> None:
        self._group.is_lit = number > 0 and not self._colours.is_white(number)

    def _begin_field(self, _: int) -> None:
        story = self._group.story
        self._group.field = Field(story.count, len(story.paragraph))

    def _end_field(self, ended: Field) -> None:
        story, in_margin = self._story(), self._group.destination[:6] in self._margins
        is_one = story.count == ended.paragraph  # else its result is several paragraphs
        start = ended.start if is_one else len(story.paragraph)
        shown = ended.shown(story.paragraph[start:], in_margin=in_margin)
        story.paragraph = story.paragraph[:start] + shown
