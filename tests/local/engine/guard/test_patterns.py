import pytest

from app.local.engine.guard.findings import Span
from app.local.engine.guard.patterns import NotAPattern, compiled, find
from app.local.engine.guard.policy import Pattern
from tests.linear import nonlinear


def matches(regex: str, *texts: str) -> list[tuple[str, Span]]:
    pattern = Pattern("one", regex, "mask")
    return [(each.match, each.span) for each in find(texts, (pattern,))]


def test_spans_are_of_code_points_whatever_the_text_has() -> None:
    assert matches(r"ORD-\d", "é ORD-1 漢字 \U0001d482 ORD-2", "\ud800 ORD-3") == [
        ("ORD-1", Span(0, 2, 7)),
        ("ORD-2", Span(0, 13, 18)),
        ("ORD-3", Span(1, 2, 7)),
    ]
    assert matches(r"(?i)(é|\p{Han}+)", "É 漢字") == [("É", Span(0, 0, 1)), ("漢字", Span(0, 2, 4))]


def test_an_empty_match_is_none() -> None:
    assert matches("a*", "baab") == [("aa", Span(0, 1, 3))]
    assert matches("a*", "") == []


@pytest.mark.parametrize(
    ("regex", "reason"),
    [
        ("a(?=b)", r"\(\?="),
        ("(?<!a)b", r"\(\?<"),
        (r"(a)\1", "escape"),
        ("(a", "missing"),
        (r"\p{L}{500}", "instructions"),
        ("\ud800", "Basic Plane"),
    ],
)
def test_what_re2_does_not_take_is_refused_with_the_reason(regex: str, reason: str) -> None:
    with pytest.raises(NotAPattern, match=reason):
        compiled(regex)
    with pytest.raises(NotAPattern, match=f"one: .*{reason}"):
        matches(regex, "a")


@pytest.mark.parametrize("regex", ["(a|a)+$", "(a*)*b", "(a?){500}a{500}", r"(?:\w+\s?)*!"])
def test_no_expression_makes_a_text_slow(regex: str) -> None:
    assert nonlinear(lambda length: matches(regex, "a" * length + "!?"), 20_000, 0.02) is None
