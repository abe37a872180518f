"""What a reader of a Word document sees of its XML, for each story: the text, a header, a note.

Insertions are in the text, and deletions are not. Of two forms of one content the first is shown,
of ruby the base text, of a form its values. The text of a box follows the paragraph that the box is
anchored to, and so do comments.
"""

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element, SubElement

from app.local.engine.parsers.docx.elements import (
    WORD,
    Elements,
    all_text,
    attribute_of,
    link_id,
    outermost,
    paragraph,
    run,
    set_text,
    text_element,
)
from app.local.engine.parsers.docx.symbols import write_symbols
from app.local.engine.parsers.drawings.charts import chart
from app.local.engine.parsers.drawings.diagrams import diagram
from app.local.engine.parsers.drawings.equations import latex
from app.local.engine.parsers.drawings.pictures import alternative_text
from app.local.engine.parsers.numbering import Styles, attribute, is_on
from app.local.engine.parsers.package import Package, local_name, relation_id
from app.local.engine.parsers.word_fields import (
    CHECKED,
    PAGE_NUMBER,
    UNCHECKED,
    is_page_number,
    write_fields,
)

RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LEFT_OUT = frozenset(("del", "moveFrom", "proofErr", "softHyphen", "sectPr"))
_WRAPPERS = frozenset(("ins", "moveTo", "smartTag", "customXml", "dir", "bdo"))
_DRAWN = frozenset(("drawing", "pict", "object"))
_SHOWN = frozenset(("t", "txbxContent", "textpath", "chart", "relIds", "sym", "oMath"))
_BOXES = tuple("\u2610\u2611\u2612\u2713\u2714\u2717\u2718\u25a0\u25a1")  # signs of boxes
_MOST_SKIPPED = 60  # columns that a row leaves out at its beginning
_SYMBOL_FONT = range(0xF000, 0xF100)  # where fonts of symbols have their signs


class Story:
    """Rewrites the XML of one part in place, to what it shows.

    Args:
        package: the document.
        part: the part, whose relationships count.
        styles: the document's.
        addresses: those of links in all stories; a link's new id is the place of its address.
        comments: the paragraphs of each comment, by its id.
    """

    def __init__(
        self,
        package: Package,
        part: str,
        styles: Styles,
        addresses: list[str],
        comments: Mapping[str, Elements] | None = None,
    ) -> None:
        self._package = package
        self._styles = styles
        self._addresses = addresses
        self._comments = comments or {}
        self._parts = package.relationships(part)
        self._paragraph: Element | None = None
        self._commented: set[str] = set()  # the comments that have been shown
        self._after: Elements = []  # what follows the paragraph
        self._initial: Elements = []  # the large first letter of the next paragraph
        self._shaded = 0  # the number of tables and boxes around: they may have a colour
        self._readers: dict[str, Callable[[Element], Elements]] = {
            "p": self._read_paragraph,
            "r": self._read_run,
            "sdt": self._read_control,
            "AlternateContent": self._read_alternatives,
            "ruby": _read_ruby,
            "fldSimple": self._read_field,
            "tr": self._read_row,
            "tbl": self._read_table,
            "sym": _read_symbol,
            **dict.fromkeys(("br", "cr"), lambda _: [Element(f"{WORD}br")]),
            "ptab": lambda _: [Element(f"{WORD}tab")],
            "noBreakHyphen": lambda _: [text_element("-")],
            "oMath": lambda equation: [run([f"${latex(equation)}$"])],
            "oMathPara": lambda equations: [
                run([f"$${latex(each)}$$" for each in equations.iterfind(".//{*}oMath")])
            ],
            "commentReference": self._read_comment,
            "hyperlink": self._read_link,
            **dict.fromkeys(_DRAWN, self._read_drawing),
        }

    def write(self, root: Element) -> None:
        write_fields(root)
        self._write_children(root)

    def _write_children(self, element: Element) -> None:
        element[:] = [shown for child in element for shown in self._read(child)]

    def _read(self, element: Element) -> Elements:
        name = local_name(element)
        if name in _LEFT_OUT:
            return []
        if name in _WRAPPERS and len(element):
            self._write_children(element)
            return list(element)
        if reader := self._readers.get(name):
            return reader(element)
        if name not in ("pPr", "rPr", "tblPr", "tcPr"):
            self._write_children(element)
        return [element]

    def _read_paragraph(self, paragraph: Element) -> Elements:
        outer, self._paragraph = self._paragraph, paragraph
        outer_after, self._after = self._after, []
        mark = paragraph.find("{*}pPr/{*}rPr")
        if mark is not None and mark.find("{*}moveFrom") is not None:
            SubElement(mark, f"{WORD}del")
        self._write_children(paragraph)
        shown = [*self._with_initial(paragraph), *self._after]
        self._paragraph, self._after = outer, outer_after
        return shown

    def _with_initial(self, paragraph: Element) -> Elements:
        """The paragraph after the large first letter that stands in a frame before it; nothing for
        such a letter itself: ECMA-376 part 1, 17.3.1.11.
        """
        frame = paragraph.find("{*}pPr/{*}framePr")
        if frame is not None and attribute(frame, "dropCap") in ("drop", "margin"):
            self._initial += [each for each in paragraph if local_name(each) != "pPr"]
            return []
        place = 1 if len(paragraph) and local_name(paragraph[0]) == "pPr" else 0
        paragraph[place:place], self._initial = self._initial, []
        return [paragraph]

    def _read_run(self, element: Element) -> Elements:
        if self._styles.hides(element, self._paragraph):
            return []
        if not self._shaded and self._styles.fades(element, self._paragraph):
            return []
        write_symbols(element, WORD)
        properties = element.find("{*}rPr")
        if properties is not None and properties.find("{*}vertAlign") is None:
            element.remove(properties)  # it has been read, and mammoth warns of its styles
        self._write_children(element)
        return [element]

    def _read_control(self, control: Element) -> Elements:
        """The content of a content control, without the words that ask to fill it."""
        content, properties = control.find("{*}sdtContent"), control.find("{*}sdtPr")
        if content is None:
            return []
        if properties is not None:
            placeholder = properties.find("{*}showingPlcHdr")
            box = properties.find("{*}checkbox")
            if box is not None:
                checked = box.find("{*}checked")
                is_checked = checked is not None and is_on(checked)
                if all_text(content) not in _BOXES:
                    set_text(content, CHECKED if is_checked else UNCHECKED)
            elif placeholder is not None and is_on(placeholder):
                set_text(content, "")
        self._write_children(content)
        return list(content)

    def _read_alternatives(self, element: Element) -> Elements:
        """The first alternative that shows text, or the first one."""
        alternatives = [each for each in element if local_name(each) in ("Choice", "Fallback")]
        shows = (
            each for each in alternatives if any(local_name(one) in _SHOWN for one in each.iter())
        )
        chosen = next(shows, alternatives[0] if alternatives else None)
        if chosen is None:
            return []
        self._write_children(chosen)
        return list(chosen)

    def _read_field(self, field: Element) -> Elements:
        if is_page_number(attribute(field, "instr")):
            return [run([PAGE_NUMBER])]
        self._write_children(field)
        return list(field)

    def _read_table(self, table: Element) -> Elements:
        """A table with another in a cell has a header row, by which it is told from a layout."""
        self._shaded += 1
        self._write_children(table)
        self._shaded -= 1
        rows = table.findall(f"{WORD}tr")
        if len(rows) > 1 and table.find(f".//{WORD}tbl") is not None:
            properties = rows[0].find(f"{WORD}trPr")
            if properties is None:
                properties = Element(f"{WORD}trPr")
                rows[0].insert(0, properties)
            SubElement(properties, f"{WORD}tblHeader")
        return [table]

    def _read_row(self, row: Element) -> Elements:
        hidden = row.find("{*}trPr/{*}hidden")
        if row.find("{*}trPr/{*}del") is not None or (hidden is not None and is_on(hidden)):
            return []
        for cell in row.iterfind(".//{*}tc"):
            if cell.find("{*}tcPr/{*}cellDel") is not None:
                set_text(cell, "")
        self._write_children(row)
        before = attribute_of(row, "trPr/gridBefore")
        for _ in range(min(int(before), _MOST_SKIPPED) if before.isdecimal() else 0):
            cell = Element(f"{WORD}tc")
            cell.append(paragraph(""))
            row.insert(0 if row.find(f"{WORD}trPr") is None else 1, cell)
        return [row]

    def _read_drawing(self, drawing: Element) -> Elements:
        """Charts as tables and pictures by their alternative text, in the run. Text boxes and
        diagrams follow the paragraph.
        """
        lines: list[str] = []
        boxes: Elements = []
        for element in outermost(drawing, "txbxContent"):
            self._shaded += 1
            self._write_children(element)
            self._shaded -= 1
            boxes += list(element)
        for element in drawing.iter():
            name = local_name(element)
            if name == "chart" and (part := self._part(relation_id(element))):
                lines += [*chart(self._package.tree(part)).split("\n"), "", ""]
            elif name == "relIds" and (part := self._part(relation_id(element, "dm"))):
                boxes += [paragraph(f"- {text}") for text in diagram(self._package.tree(part))]
            elif name == "textpath" and element.get("string"):
                boxes.append(paragraph(element.get("string", "")))
            elif name == "docPr" or (name == "shape" and not boxes):
                lines += filter(None, [alternative_text(element)])
        self._after += boxes
        while lines and not lines[-1]:
            lines.pop()
        return list(run(["", *lines, ""] if len(lines) > 1 else [f" {lines[0]} "])) if lines else []

    def _part(self, relation: str) -> str:
        related = self._parts.get(relation)
        return related.target if related and not related.is_external else ""

    def _read_link(self, link: Element) -> Elements:
        related = self._parts.get(relation_id(link))
        for name in [name for name in link.attrib if name.endswith("}id")]:
            del link.attrib[name]
        if related and related.is_external:
            link.set(RELATION_ID, link_id(len(self._addresses)))
            self._addresses.append(related.target)
        self._write_children(link)
        return [link]

    def _read_comment(self, reference: Element) -> Elements:
        name = attribute(reference, "id")
        if name not in self._commented:
            self._commented.add(name)
            self._after += self._comments.get(name, [])
        return []


def _read_ruby(ruby: Element) -> Elements:
    return [each for each in ruby.iterfind("{*}rubyBase//*") if local_name(each) in ("t", "sym")]


def _read_symbol(symbol: Element) -> Elements:
    """A sign, as text if it is one of Unicode and not of a font of symbols."""
    code = attribute(symbol, "char")
    try:
        number = int(code, 16)
    except ValueError:
        return []
    is_unicode = number > max(_SYMBOL_FONT) or 0xFF < number < min(_SYMBOL_FONT)
    return [text_element(chr(number))] if is_unicode and number < 0x110000 else [symbol]
