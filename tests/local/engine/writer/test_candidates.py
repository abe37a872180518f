"""What can be said of a passage, whatever it is written in."""

import pytest

from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.candidates.rendering import render

TABLE = """\
## Quotas

| Resource | Quota |
| --- | --- |
| Function timeout | 900 seconds |
| Layers | 5 |
"""
WIDE = "| Type | GB | Cores |\n|---|---|---|\n| small | 2 | |\n| large | 8 | 4 |"
LIST = """\
# Talc

Talc is soft. It is used in:

- powder, which is
  rubbed fine
- paper
1. [More on talc](talc.md)

```
talc --help
```
"""


@pytest.mark.parametrize(
    ("passage", "said"),
    [
        ("Quartz is hard. It is common.", ["Quartz is hard.", "It is common."]),
        (
            TABLE,
            [
                "Quotas: Resource, Quota; Function timeout, 900 seconds; Layers, 5",
                "Function timeout: 900 seconds",
                "Layers: 5",
            ],
        ),
        (
            WIDE,
            ["Type, GB, Cores; small, 2; large, 8, 4", "small: GB 2", "large: GB 8, Cores 4"],
        ),
        (
            "| Layers | 5 |\n| Function timeout | 900 seconds |",
            ["Layers: 5", "Function timeout: 900 seconds"],
        ),
        (
            LIST,
            [
                "Talc is soft.",
                "It is used in: powder, which is rubbed fine; paper",
                "powder, which is rubbed fine",
                "paper",
                "Talc: talc --help",
            ],
        ),
        ("**Note**\n\nQuartz *is* `hard`\\.", ["Quartz is `hard`."]),
        ("How hard is quartz?\nIt is 7 on the Mohs scale.", ["It is 7 on the Mohs scale."]),
        ("", []),
        ("# Only a heading", []),
    ],
)
def test_sentences_items_and_rows_are_said(passage: str, said: list[str]) -> None:
    assert [one.text for one in candidates([passage])] == said


@pytest.mark.parametrize(
    ("passage", "last", "context"),
    [
        ("# Quartz\n\nIt is hard.", "It is hard.", "Quartz"),
        ("How hard is quartz? It is 7.", "It is 7.", "How hard is quartz?"),
        (TABLE, "Layers: 5", "Quotas Resource Quota"),
        ("Colours of quartz:\n- rose\n\nEnd of it.", "End of it.", ""),
    ],
)
def test_what_stands_over_a_sentence_is_its_context(passage: str, last: str, context: str) -> None:
    found = candidates([passage])[-1]
    assert (found.text, found.context) == (last, context)


def test_candidates_know_their_passage_and_place() -> None:
    found = candidates(["One is here. Two is here.", "Three is here."])
    assert [(one.passage, one.place) for one in found] == [(0, 0), (0, 1), (1, 0)]


def test_a_list_that_nobody_would_read_is_not_said_whole() -> None:
    items = "\n".join(f"- thing number {number} of many" for number in range(100))
    assert all(one.kind != "list" for one in candidates([f"There are:\n{items}"]))


def test_code_is_said_behind_what_leads_in_to_it() -> None:
    passage = "# Use\n\nRun it:\n\n```sh\nmake demo\n```\n\nThen read it."
    code, after = candidates([passage])
    assert (code.kind, code.lead, code.block) == ("code", "Run it:", "```sh\nmake demo\n```")
    assert (code.context, after.text) == ("Use", "Then read it.")


@pytest.mark.parametrize(
    "passage",
    [
        "make demo\n```\n\nThen read it all.",
        "Then read it all.\n\n```python\nimport sys\n",
        "Then read it all.\n\n```{testsetup}\nimport secret\n```",
        "Then read it all.\n\n[demo]: https://example.com\n<!-- hidden -->\n% hidden",
    ],
    ids=["the end of code", "the beginning of code", "a hidden test", "what machines read"],
)
def test_a_part_of_code_and_what_only_machines_read_is_passed_over(passage: str) -> None:
    assert [one.text for one in candidates([passage])] == ["Then read it all."]


def test_steps_are_said_with_the_code_that_the_last_of_them_leads_in_to() -> None:
    passage = "# Start\n\n1. Install it.\n2. Run:\n\n```sh\nmake up\n```"
    steps = candidates([passage])[0]
    assert steps.block == "1. Install it.\n2. Run:\n\n```sh\nmake up\n```"
    assert steps.lead == "Start"


def test_a_list_that_was_cut_in_two_is_said_whole_if_it_is_clear_where_it_goes_on() -> None:
    first, second = "Minerals:\n\n- agate\n- beryl", "- citrine\n\nThat is all."
    whole = candidates([second, first], ["m.md", "m.md"])
    (listed,) = [one for one in whole if one.kind == "list"]
    assert (listed.passage, listed.ends_in) == (1, 0)
    assert listed.block == "- agate\n- beryl\n- citrine"
    for names in (["a.md", "b.md"], []):
        (alone,) = [one for one in candidates([second, first], names) if one.kind == "list"]
        assert (alone.ends_in, alone.block) == (None, "- agate\n- beryl")
    two = candidates([second, first, second], ["m.md"] * 3)
    assert all(one.ends_in is None for one in two)


def test_an_item_that_was_cut_in_two_is_said_whole_with_the_rest_of_its_list() -> None:
    first, second = "Minerals:\n\n* agate", "It is a quartz.\n* citrine"
    listed = candidates([first, second], ["m.md"] * 2)[0]
    assert (listed.kind, listed.ends_in) == ("list", 1)
    assert listed.block == "* agate\n  It is a quartz.\n* citrine"


@pytest.mark.parametrize(
    "rest", ["3. citrine", "- citrine"], ids=["another number", "another sign"]
)
def test_a_list_does_not_go_on_with_an_item_that_cannot_be_its_next(rest: str) -> None:
    parts = ["Minerals:\n\n1. agate", rest]
    assert all(one.ends_in is None for one in candidates(parts, ["m.md"] * 2))


def test_rows_of_a_table_that_was_cut_have_the_header_of_the_part_before() -> None:
    parts = [WIDE, "| huge | 64 | 32 |"]
    texts = [one.text for one in candidates(parts, ["sizes.csv", "sizes.csv"])]
    assert texts[-1] == "huge: GB 64, Cores 32"
    assert candidates(parts, ["sizes.csv", "other.csv"])[-1].text == "huge: 64, 32"


@pytest.mark.parametrize(
    "note",
    [
        "```{warning}\nRC4 is not safe.\n```",
        "> [!NOTE]\n> RC4 is not safe.",
        '!!! note "Ciphers"\n    RC4 is not safe.',
        ":::{note}\nRC4 is not safe.\n:::",
    ],
    ids=["MyST", "GitHub", "MkDocs", "colons"],
)
def test_a_note_is_prose_without_its_marks(note: str) -> None:
    assert [one.text for one in candidates([note])] == ["RC4 is not safe."]


def test_a_row_without_a_name_is_said_as_its_cells() -> None:
    table = "| Sign | Product |\n|---|---|\n| - | A product with two names |\n"
    assert candidates([table])[-1].text == "A product with two names"


@pytest.mark.parametrize(("rows", "is_whole"), [(24, True), (25, False)])
def test_a_table_of_more_than_24_rows_is_not_said_whole(rows: int, is_whole: bool) -> None:
    table = "| berth | fee |\n|---|---|\n" + "".join(f"| B{row} | 2 |\n" for row in range(rows))
    assert any(one.kind == "table" for one in candidates([table])) is is_whole


def test_a_table_whose_header_is_repeated_is_said_whole() -> None:
    header = "| Mineral | Hardness |\n| --- | --- |\n"
    passages = [f"{header}| agate | 7 |\n| beryl | 8 |", f"{header}| talc | 1 |"]
    whole = candidates(passages, ["m.md"] * 2)[0]
    assert (whole.kind, whole.ends_in) == ("table", 1)
    assert whole.block == f"{header}| agate | 7 |\n| beryl | 8 |\n| talc | 1 |"


def test_rows_may_lack_their_last_bar() -> None:
    rows = candidates(["| Command | Does\n|:--|:--\n| `up` | starts it\n| `down` | ends it"])[1:]
    assert [one.text for one in rows] == ["`up`: starts it", "`down`: ends it"]


def test_links_are_said_where_a_sentence_leads_in_to_them() -> None:
    links = "- [Admin](a.md)\n\n- [Guest](g.md)\n\n"
    (listed,) = [one for one in candidates([f"The groups are:\n\n{links}"]) if one.kind == "list"]
    assert listed.text == "The groups are: Admin; Guest"
    assert candidates([f"Read on.\n\n{links}"])[-1].text == "Read on."


DEFINITIONS = """\
wait (int)
: Seconds that a call may take.
  At most 60.
retries
: None by default.
"""


def test_a_term_and_its_definition_are_an_item() -> None:
    listed, *items = candidates([DEFINITIONS])
    assert [one.text for one in items] == [
        "wait (int): Seconds that a call may take. At most 60.",
        "retries: None by default.",
    ]
    assert listed.block.startswith("- wait (int): Seconds that a call may take.\n  At most 60.\n")


def test_a_colon_in_code_defines_nothing() -> None:
    code = 'n=0\n: "${n}"'
    assert candidates([f"Run:\n\n```sh\n{code}\n```"])[0].block == f"```sh\n{code}\n```"


CHANGES = """\
# Changes

## [1.2.0] - 2025-10-26

### Fixed

- It starts.

### Added

- It stops.

## Older

Nobody knows.
"""


def test_what_stands_under_a_release_is_said_with_it() -> None:
    heading, whole, fixed, added, older = candidates([CHANGES])
    assert (heading.kind, heading.text) == ("heading", "[1.2.0] - 2025-10-26")
    assert whole.block == "### Fixed\n\n- It starts.\n\n### Added\n\n- It stops."
    assert render(fixed, "[1]") == "[1.2.0] - 2025-10-26: It starts [1]."
    assert added.lead == whole.lead == heading.text
    assert (older.lead, older.nearest) == ("", "Older")


def test_a_release_whose_list_may_go_on_elsewhere_is_not_said_whole() -> None:
    first = "## 1.2.0\n\nIt is new.\n\n- agate\n- beryl"
    lists = [one for one in candidates([first, "- citrine"], ["c.md"] * 2) if one.kind == "list"]
    assert [one.ends_in for one in lists] == [1]


@pytest.mark.parametrize(("items", "whole"), [(20, True), (200, False)])
def test_a_list_under_an_item_is_said_whole_if_it_is_short_enough_to_be_read(
    items: int, whole: bool
) -> None:
    under = "\n".join(f"  - Mineral {number}." for number in range(items))
    some = candidates([f"- Minerals:\n{under}\n- Rocks."])
    assert any(one.block and one.lead == "Minerals:" for one in some) == whole


@pytest.mark.parametrize(("passages", "whole"), [(100, True), (101, False)])
def test_a_list_is_put_together_where_few_passages_are_of_its_document(
    passages: int, whole: bool
) -> None:
    others = ["Quartz is hard."] * (passages - 2)
    some = candidates(["- agate\n- beryl", "- citrine", *others], ["m.md"] * passages)
    assert any(one.ends_in == 1 for one in some) == whole
