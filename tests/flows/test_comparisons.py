"""A comparison, the whole way: each side is searched for, and answered from its own document."""

from tests.flows.home import Home

FILLER = "\n\n".join(
    f"The difference between wood number {number} and wood number {number + 1} is small."
    for number in range(40)
)


def test_each_side_is_cited_though_one_document_speaks_of_differences_only(home: Home) -> None:
    home.put("pine.md", "# Pine\n\nPine is a soft wood that grows fast.\n")
    home.put("oak.md", "# Oak\n\nOak is a hard wood that grows slowly.\n")
    home.put("differences.md", f"# Differences\n\n{FILLER}\n")
    answer = home.call("POST", "/chat", {"message": "What is the difference between pine and oak?"})
    assert answer["answer"] == (
        "Pine is a soft wood that grows fast [1]. Oak is a hard wood that grows slowly [2]."
    )
    names = [one["uri"].rpartition("/")[2] for one in answer["citations"]]
    assert names == ["pine.md", "oak.md"]
