"""Makes other people's text harmless for a terminal.

Answers, names of documents, reasons and errors of servers are written by others, and a terminal
obeys the control characters in them. ESC begins sequences that set the clipboard (OSC 52), make
links that lead elsewhere (OSC 8) or rewrite the screen; U+009B begins them in one sign; a
bidirectional override shows a name backwards. Each such character is replaced by a visible one.

Characters are replaced one by one, so that a sequence which is split over two pieces of a stream is
made harmless too.
"""

import re

_REPLACEMENT = 0xFFFD
_PICTURES = 0x2400  # U+2400 shows NUL, U+241B shows ESC, and so on (Unicode, "Control Pictures")
_DELETE, _DELETE_PICTURE = 0x7F, 0x2421

_C0 = {sign: _PICTURES + sign for sign in range(0x20)} | {_DELETE: _DELETE_PICTURE}
_C1 = dict.fromkeys(range(0x80, 0xA0), _REPLACEMENT)
_BIDIRECTIONAL = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], _REPLACEMENT)
_SEPARATORS = dict.fromkeys((0x2028, 0x2029), _REPLACEMENT)
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT)  # no encoding can write them

_IN_A_LINE = _C0 | _C1 | _BIDIRECTIONAL | _SEPARATORS | _SURROGATES
_IN_TEXT = {sign: to for sign, to in _IN_A_LINE.items() if chr(sign) not in "\n\t\u2028\u2029"}

# What JSON leaves as it is inside of a string, and a terminal does not.
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""A text of several lines, without the characters that a terminal would obey.

    >>> visible("one\r\ntwo \x1b]52;c;aGk=\x07")
    'one\ntwo ␛]52;c;aGk=␇'
    """
    return text.replace("\r\n", "\n").translate(_IN_TEXT)


def visible_line(text: str) -> str:
    r"""A text that has to stay on one line, such as a name, a title or a cell of a table.

    >>> visible_line("notes.md\n2 of 2 documents indexed")
    'notes.md␊2 of 2 documents indexed'
    """
    return text.translate(_IN_A_LINE)


def visible_json(document: str) -> str:
    r"""A JSON document of the same value, with those characters written as JSON's own escapes.

    >>> visible_json('"\x9b2J"')
    '"\\u009b2J"'
    """
    return _RAW_IN_JSON.sub(lambda sign: f"\\u{ord(sign[0]):04x}", document)
