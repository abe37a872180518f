"""reStructuredText, AsciiDoc, JSON, Jupyter notebooks and e-mail messages."""

import json
from pathlib import Path

import pytest

from app.local.engine.parsers import Unreadable, asciidoc, mail, notebook, records, restructured
from tests.local.engine.parsers.documents import Parse, parsed_document

RST = """
====
Kiln
====

.. note:: It is *hot*, see :ref:`the rules <rules>` and :class:`~kiln.Door`.

.. versionadded:: 3.2
   The grate.

.. toctree::
   :maxdepth: 2

   hidden

Install::

    pip install kiln

.. code-block:: python
   :linenos:

   x = 1

.. py:function:: light(hour)

   Lights it at ``hour``. See `the site <https://example.com>`_.

.. include:: /etc/passwd

=====  =====
Part   Price
=====  =====
Door   5
=====  =====
"""
ADOC = """= Kiln manual
Ann Potter
:version: 3.2

== Lighting

NOTE: It is *hot*.

Version {version} is _new_, see <<rules,the rules>> and https://example.com[the site]. // no comment

// a comment
[source,python]
----
light(hour=6) # <1>
----
<1> At six.

[cols="1,1"]
|===
|Part |Price

|Door
|5
|===

* one
** two

. first

[WARNING]
====
Do not touch.
====

////
secret
////
"""


def text(parse: Parse, path: Path, content: str) -> str:
    [section] = parsed_document(parse, path / "a", content.encode()).sections
    return section.text


def test_restructured_text_is_read_with_the_directives_and_roles_of_sphinx(tmp_path: Path) -> None:
    assert text(restructured.parse, tmp_path, RST).split("\n\n") == [
        "# Kiln",
        "Note",
        "It is hot, see the rules and Door.",
        "New in version 3.2: The grate.",
        "Install:",
        "```\npip install kiln\n```",
        "```python\nx = 1\n```",
        "light(hour)",
        "Lights it at hour. See [the site](https://example.com).",
        "| Part | Price |\n| --- | --- |\n| Door | 5 |",
    ]


def test_asciidoc_becomes_markdown(tmp_path: Path) -> None:
    assert text(asciidoc.parse, tmp_path, ADOC).split("\n\n") == [
        "# Kiln manual",
        "Ann Potter",
        "## Lighting",
        "NOTE: It is hot.",
        "Version 3.2 is new, see the rules and [the site](https://example.com). // no comment",
        "```python\nlight(hour=6)\n```",
        "1. At six.",
        "| Part | Price |\n| --- | --- |\n| Door | 5 |",
        "- one\n   - two",
        "1. first",
        "WARNING:",
        "Do not touch.",
    ]


def test_a_file_that_asciidoc_would_include_is_named_in_a_warning(tmp_path: Path) -> None:
    content = b"Clay.\n\ninclude::rules.adoc[]\n"
    document = parsed_document(asciidoc.parse, tmp_path / "a.adoc", content)
    assert [section.text for section in document.sections] == ["Clay."]
    assert "include::rules.adoc" in document.warnings[0]


def test_json_is_names_and_values_and_records_are_a_table(tmp_path: Path) -> None:
    value = {
        "kiln": "North",
        "fuels": ["oak", "peat"],
        "owner": {"name": "Ann", "age": 31},
        "parts": [{"part": "Door", "price": 5}, {"part": "Grate", "price": None}],
    }
    assert text(records.parse, tmp_path, json.dumps(value)).split("\n\n") == [
        "kiln: North\nfuels: oak, peat",
        "## owner",
        "name: Ann\nage: 31",
        "## parts",
        "| part | price |\n| --- | --- |\n| Door | 5 |\n| Grate |  |",
    ]


def test_json_lines_are_a_table(tmp_path: Path) -> None:
    assert text(records.parse, tmp_path, '{"a": 1}\n{"a": 2}\n') == "| a |\n| --- |\n| 1 |\n| 2 |"


def test_json_that_is_not_valid_is_refused_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"not valid JSON: .*line 1 column 7"):
        text(records.parse, tmp_path, '{"a": ')


def test_a_notebook_is_its_text_its_code_and_the_text_of_its_outputs(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Kiln\n", "Lit at 5 &euro;."]},
        {
            "cell_type": "code",
            "source": "print(1)",
            "outputs": [
                {"output_type": "stream", "text": ["1\n"]},
                {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}},
                {"output_type": "error", "ename": "ValueError", "evalue": "cold"},
            ],
        },
    ]
    content = json.dumps({"cells": cells, "metadata": {"kernelspec": {"language": "python"}}})
    assert text(notebook.parse, tmp_path, content).split("\n\n") == [
        "# Kiln\nLit at 5 \u20ac.",
        "```python\nprint(1)\n```",
        "```\n1\n```",
        "```\nValueError: cold\n```",
    ]
    with pytest.raises(Unreadable, match="no Jupyter notebook"):
        text(notebook.parse, tmp_path, "[1]")


MESSAGE = """From: Ann <ann@example.com>
To: ben@example.com
Subject: =?utf-8?q?K=C3=B6ln_kiln?=
Date: Mon, 4 May 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>It costs =8050.</p>
--x
Content-Type: application/pdf
Content-Disposition: attachment; filename="prices.pdf"
Content-Transfer-Encoding: base64

QUJD
--x
Content-Type: message/rfc822

From: Ben <ben@example.com>
Subject: The grate

It is broken.
--x--
"""


def test_a_message_is_its_headers_and_its_text_and_names_its_attachments(tmp_path: Path) -> None:
    document = parsed_document(mail.parse, tmp_path / "a.eml", MESSAGE.encode())
    [section] = document.sections
    assert section.text.split("\n\n") == [
        "# K\u00f6ln kiln",
        "From: Ann <ann@example.com>\nTo: ben@example.com\nDate: Mon, 04 May 2026 10:00:00 +0000",
        "It costs \u20ac50.",
        "# The grate",
        "From: Ben <ben@example.com>",
        "It is broken.",
    ]
    assert document.warnings == (
        "1 attachment is not read: prices.pdf. Upload each as a document of its own.",
    )
    with pytest.raises(Unreadable, match="no e-mail message"):
        text(mail.parse, tmp_path, "Just text.")


CONDITIONS = """:a:

ifdef::a[]
seen
ifdef::b[]
not seen
endif::[]
endif::a[]
ifndef::a[]
nor this
endif::[]
ifdef::a[inline]
ifdef::b+a[nor that]
ifdef::b,a[either]
"""
SPANS = '[cols="1,1,1"]\n|===\n2+|wide |c\n\n.2+|tall |b |c\n|d |e\n3*|x\n|==='


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (CONDITIONS, "seen inline either"),
        (
            SPANS,
            (
                "| wide | wide | c |\n| --- | --- | --- |\n| tall | b | c |\n| tall | d | e |\n"
                "| x | x | x |"
            ),
        ),
        (",===\na,b\n1,2\n,===", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("[format=dsv]\n|===\na:b\n1:2\n|===", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("One.\n\ntoc::[]\n\n'''\n\nTwo.", "One.\n\nTwo."),
    ],
)
def test_asciidoc_shows_what_its_conditions_and_tables_say(source: str, shown: str) -> None:
    assert asciidoc.to_markdown(source) == shown


def test_files_that_restructured_text_would_include_are_named_in_a_warning(tmp_path: Path) -> None:
    source = ".. include:: a.rst\n\n.. csv-table:: Fees\n   :widths: 1\n   :file: b.csv\n\nClay.\n"
    document = parsed_document(restructured.parse, tmp_path / "a.rst", source.encode())
    assert document.sections[0].text.endswith("Clay.")
    assert document.warnings[0].startswith("The text of other files is not read: a.rst, b.csv.")
