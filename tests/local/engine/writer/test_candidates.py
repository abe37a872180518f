"""What can be said of a passage, whatever it is written in."""

import pytest

from app.local.engine.writer.candidates import candidates

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
        (TABLE, ["Function timeout: 900 seconds", "Layers: 5"]),
        (WIDE, ["small: GB 2", "large: GB 8, Cores 4"]),
        (
            "| Layers | 5 |\n| Function timeout | 900 seconds |",
            ["Layers: 5", "Function timeout: 900 seconds"],
        ),
        (
            LIST,
            [
                "Talc is soft.",
                "It is used in:",
                "powder, which is rubbed fine",
                "paper",
                "It is used in: powder, which is rubbed fine; paper",
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


def test_a_long_list_is_not_said_whole() -> None:
    items = "\n".join(f"- thing {number}" for number in range(40))
    assert all(one.kind != "list" for one in candidates([f"There are:\n{items}"]))


def test_code_is_passed_over_but_for_a_passage_that_is_cut_within_it() -> None:
    whole = "Run it.\n\n```sh\nmake demo\n```\n\nThen read it."
    assert [one.text for one in candidates([whole])] == ["Run it.", "Then read it."]
    cut = "make demo\n```\n\nThen read it all."
    assert "Then read it all." in [one.text for one in candidates([cut])]
