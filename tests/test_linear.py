"""No regular expression of the application is slow on any text of a user, a document or a model.

Under the interpreter's lock a slow one holds up everybody. All are found: those of the modules, as
they are when these are imported, and those that are written where they are used. One that is put
together in a function has to be named here. `test_linear_texts.py` tries the functions.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import app
from app.local.engine.languages import language, languages
from app.local.engine.writer.multilingual import small_talk
from app.local.lazy_re import LazyPattern
from tests.linear import AnyPattern, slowest

ROOT = Path(app.__file__).parent
FUNCTIONS = frozenset(vars(re)) - {"escape", "Pattern", "Match", "purge", "error"}
ANCHORED = frozenset({"match", "fullmatch"})

OF_LANGUAGES = "test_the_patterns_of_a_language_are_linear"
REWRITE = "app/local/engine/writer/multilingual/rewrite.py"
SMALL_TALK = "app/local/engine/writer/multilingual/small_talk.py"

# Patterns that a function puts together, and what shows that they are linear: a call of it
# with long texts, or what the pattern is made of.
IN_FUNCTIONS = {
    ("app/citations/disguise.py", "_tag"): "test_linear_texts, by Disguise",
    (
        "app/tools/declaration.py",
        "_names_are_its_own",
    ): "a literal and a class of signs, on a name of a tool.toml",
    (
        "app/aws/failures.py",
        "_from_validation",
    ): "the patterns of _REFUSALS, which the modules' are among",
    (
        "app/guardrail_definition/patterns.py",
        "check_pattern",
    ): "the pattern of a definition, which is compiled and matches nothing here",
    ("app/local/bedrock_runtime/bodies/conversation.py", "speakers"): "test_linear_texts",
    ("app/tools/json_schema.py", "_text_rules"): "a tool's own pattern, on 1000 characters at most",
    (
        "app/local/bedrock_runtime/guarding/tags.py",
        "_parts",
    ): "a literal with three alternatives and a suffix of letters and digits",
    (
        "app/local/engine/guard/grounding/claims.py",
        "_before_claim",
    ): "literals, the longest first, at the beginning",
    (
        "app/local/engine/guard/grounding/words.py",
        "quantity_words",
    ): "tests/local/engine/guard/test_grounding.py, by slowest",
    ("app/local/engine/languages/language.py", "_pattern"): OF_LANGUAGES,
    ("app/local/engine/languages/how_to.py", "_of_words"): "a literal between borders of words",
    (
        "app/local/engine/languages/how_to.py",
        "_of_signs",
    ): "literals, and _ASCII",
    ("app/local/engine/store/unspaced.py", "_cut_out"): "literals, the longest first",
    ("app/local/engine/writer/message/markup.py", "_tag"): "test_linear_texts, by elements",
    (
        "app/local/engine/writer/question/__init__.py",
        "definition",
    ): "test_linear_texts, by definition",
    (
        "app/local/bedrock_runtime/prompt_cache.py",
        "least_tokens",
    ): "literals, by _LEAST_TOKENS, on the id of a model of the catalogue",
    ("app/local/engine/writer/multilingual/question.py", "definition"): OF_LANGUAGES,
    ("app/local/lazy_re.py", "__getattr__"): "the patterns of modules, which are tried as such",
    (REWRITE, "_bare"): OF_LANGUAGES,
    (REWRITE, "_of_another"): OF_LANGUAGES,
    (REWRITE, "_with_topic"): OF_LANGUAGES,
    (REWRITE, "_asks_nothing"): OF_LANGUAGES,
    (REWRITE, "_before_particle"): "literals, the longest first",
    (REWRITE, "_names_something"): OF_LANGUAGES,
    (SMALL_TALK, "_is"): OF_LANGUAGES,
    (SMALL_TALK, "_talk"): OF_LANGUAGES,
    (
        "app/local/engine/writer/evidence/case.py",
        "_has_another_value",
    ): "a name of a column, and behind each place of it one run of letters and digits",
    ("app/local/engine/writer/quotes.py", "locate"): "test_linear_texts, by locate",
    (
        "app/local/engine/writer/message/wishes.py",
        "abstention",
    ): "two literals, each between borders of words",
    (
        "app/local/engine/writer/question/measures.py",
        "_measure",
    ): "test_linear_texts, by lacks_measure",
    (
        "app/local/engine/writer/question/quantities.py",
        "_measured",
    ): "the patterns of _UNITS, on a unit",
    (
        "app/local/engine/writer/rewrite/ellipsis.py",
        "_joined",
    ): "_LEAD, of which three patterns begin",
    ("app/local/engine/writer/rewrite/ellipsis.py", "_replace"): "test_linear_texts, by rewrite",
    (
        "app/local/engine/writer/rewrite/ellipsis.py",
        "_with_other_particle",
    ): "a word of _OPPOSITES, without repetition",
    ("app/local/engine/writer/rewrite/pronouns.py", "_done_to"): "a word, without repetition",
    (
        "app/local/engine/writer/question/measures.py",
        "lacks_rate",
    ): "words of _EVERY, without repetition",
    (
        "app/local/engine/writer/multilingual/demands.py",
        "_runs",
    ): "the function words of a language, without repetition",
    ("app/models/families/transcript.py", "_quoted"): "test_linear_texts, by transcript",
}


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((ROOT.parent / path).read_text())


FILES = sorted(str(path.relative_to(ROOT.parent)) for path in ROOT.rglob("*.py"))


def in_module(path: str) -> Iterator[tuple[str, AnyPattern, str]]:
    """Every pattern that is a module's, or in a table of it: its name, itself, how it is used."""
    if path.endswith("__main__.py"):
        return  # a program: to import it would be to run it
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for name, value in vars(importlib.import_module(module)).items():
        for pattern in _patterns(value) if not name.startswith("__") else ():
            for use in _uses(path, name):
                yield name, pattern, use


def _patterns(value: object) -> Iterator[AnyPattern]:
    if isinstance(value, LazyPattern):
        yield re.compile(value.pattern, value.flags)
    elif isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _patterns(each)
    elif isinstance(value, dict):
        yield from _patterns(list(value.values()))


def _uses(path: str, name: str) -> set[str]:
    """`match` or `fullmatch` where a module does nothing else with this name, else `search`.

    A table's patterns are used by the name that each has in a loop over it.
    """
    names = {name} | {
        loop.target.id
        for loop in ast.walk(tree(path))
        if isinstance(loop, ast.For | ast.comprehension)
        and isinstance(loop.iter, ast.Name)
        and loop.iter.id == name
        and isinstance(loop.target, ast.Name)
    }
    used = {
        node.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
    }
    return {use if use in ANCHORED else "search" for use in used or {"search"}}


def in_functions(path: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of `re` within a function of a file: the function, and the call."""
    for function in ast.walk(tree(path)):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if _is_call(node):
                    assert isinstance(node, ast.Call)
                    yield function.name, node


def _is_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in FUNCTIONS
    )


def _literal(call: ast.Call) -> tuple[str | bytes, str] | None:
    """The pattern of a call that is written out there, and how it is used."""
    assert isinstance(call.func, ast.Attribute)
    if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str | bytes):
        use = call.func.attr if call.func.attr in ANCHORED else "search"
        return call.args[0].value, use
    return None


@cache
def slowest_text(pattern: AnyPattern, use: str) -> str | None:
    """As `slowest`; a pattern that several modules import is tried once."""
    return slowest(pattern, use)


@pytest.mark.parametrize("path", FILES)
def test_the_patterns_of_a_file_are_linear(path: str) -> None:
    literals = {literal for _, call in in_functions(path) if (literal := _literal(call))}
    uses = [(pattern, use) for _, pattern, use in in_module(path)]
    uses += [(re.compile(text), use) for text, use in literals]
    slow = {pattern.pattern: slowest_text(pattern, use) for pattern, use in uses}
    assert {pattern: text for pattern, text in slow.items() if text} == {}


def test_patterns_that_functions_put_together_are_known() -> None:
    """One that is new has to be shown to be linear, and named above."""
    unknown = {
        (path, name) for path in FILES for name, call in in_functions(path) if not _literal(call)
    }
    assert unknown == IN_FUNCTIONS.keys()


def test_the_patterns_of_modules_are_seen() -> None:
    assert sum(1 for path in FILES for _ in in_module(path)) > 100


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (r"\s+$", "search"),
        (r"\s*x", "search"),
        (r"<a[^>]*>", "search"),
        (r"\[(.*)\]\((.*)\)", "search"),
        (r"\d+(?:/*(\d+))? \|", "match"),
        (r"a?\s*b?\s*$", "fullmatch"),
        (r"(?:\w+\s?)*!", "match"),
        (r'"title: (.+?) *$', "search"),
        (rb"<b.*?</b>", "search"),
    ],
)
def test_a_pattern_that_is_not_linear_is_found(pattern: str | bytes, use: str) -> None:
    slowest_use = slowest(re.compile(pattern), use)
    assert slowest_use is not None
    assert " ms at " in slowest_use


@pytest.mark.parametrize("code", languages())
def test_the_patterns_of_a_language_are_linear(code: str) -> None:
    slow = {pattern.pattern: slowest(pattern, use) for pattern, use in _of_language(code)}
    assert {pattern: text for pattern, text in slow.items() if text} == {}


def _of_language(code: str) -> Iterator[tuple[AnyPattern, str]]:
    """Every pattern of a language's file, as it is used."""
    its = language(code)
    yield its.spelling, "search"
    yield its.definition, "match"
    for table in (its.kinds, its.finds):
        yield from ((pattern, "search") for pattern in table.values())
    for several in (its.moves.values(), its.comparisons, its.summaries):
        yield from ((pattern, "fullmatch") for pattern in several)
    yield from ((pattern, "search") for pattern in its.verdicts.values())
    if its.defines:
        yield re.compile(its.defines.replace("{subject}", "clay"), re.IGNORECASE), "match"
    if its.small_talk:
        yield small_talk._talk(its), "match"
        for name in ("help", "overview"):
            text = rf"\W*(?:{its.small_talk[name]})\W*"
            yield re.compile(text, re.IGNORECASE), "fullmatch"
    if rules := its.follow_ups:
        texts = (rf"{rules['lead']}*({rules['bare']})", rules["about"])
        yield from ((re.compile(text, re.IGNORECASE), "fullmatch") for text in texts)
        texts = (rules["bare"], rules["pronoun"])
        yield from ((re.compile(text, re.IGNORECASE), "search") for text in texts)
