r"""RTF: paragraphs, headings, lists, tables, links, notes and comments, as Word shows them.

A file is a tree of groups, `{...}`, in which control words such as `\par` and `\v` hold until the
group's end. Hidden and deleted text is left out; headers and footers are shown once.
"""

from collections.abc import Iterator

from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.render import clean, tidy
from app.local.engine.parsers.rtf.reader import RtfReader

START = b"{\\rtf"


def parse(document: Document) -> Iterator[Section]:
    yield Section(markdown_of(document.path.read_bytes()), None)


def markdown_of(content: bytes) -> str:
    """The text of a file.

    Raises:
        Unreadable: it is no RTF.
    """
    content = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not content.startswith(START):
        raise Unreadable(
            "The file is no RTF: it does not begin with {\\rtf. Give it the suffix of what it "
            "really is."
        )
    reader = RtfReader()
    reader.read(content.decode("latin-1"))
    return tidy(clean(reader.text()))
