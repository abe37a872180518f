"""Reads a definition from TOML. An error names the file, each wrong member, and its rule."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.errors import OperatorError
from app.guardrail_definition.definition import GuardrailDefinition

RULES: Mapping[str, str] = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such member",
    "string_pattern_mismatch": "it has to be {form}",
    "string_too_short": "it has {length} characters, and has to have {min_length}",
    "string_too_long": "it has {length} characters, and may have {max_length}",
    "string_type": "it has to be a text",
    "float_type": "it has to be a number",
    "float_parsing": "it has to be a number",
    "less_than_equal": "it is {value}, and may be {le} at most",
    "greater_than_equal": "it is {value}, and has to be {ge} at least",
    "too_long": "it has {actual_length} items, and may have {max_length}",
    "too_short": "it has no items, and has to have one",
    "tuple_type": "it has to be a list",
    "mapping_type": "it has to be a table",
    "dict_type": "it has to be a table",
    "model_type": "it has a value of the wrong kind",
}
"""Kinds of pydantic's errors, said in other words; the rest are said in pydantic's."""

FORMS = {
    "name": "of letters a to z, digits, spaces and - _ ! ? . only",
    "cross_region_profile": "an id such as us.guardrail.v1:0, or the ARN of a guardrail profile",
}
"""The patterns of members, in words."""


class WrongDefinition(OperatorError):
    """A guardrail's definition cannot be read, or breaks a rule. Nothing was made of it."""


def read_definition(path: Path | None = None) -> GuardrailDefinition:
    """Read a file; without one, the default.

    Raises:
        WrongDefinition: naming the file, and every member that is wrong with the rule.
    """
    if path is None:
        return parse(files(__package__).joinpath("default.toml").read_text("utf-8"), "default.toml")
    try:
        content = path.read_text("utf-8")
    except OSError as error:
        raise WrongDefinition(
            f"The guardrail's definition {path} cannot be read: {error.strerror or error}."
        ) from error
    except UnicodeDecodeError as error:
        raise WrongDefinition(f"The guardrail's definition {path} is not UTF-8 text.") from error
    return parse(content, str(path))


def parse(content: str, name: str) -> GuardrailDefinition:
    """Read a definition's text; `name` is the file's, for errors.

    Raises:
        WrongDefinition: naming every member that is wrong with the rule.
    """
    try:
        return GuardrailDefinition.model_validate(tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise WrongDefinition(f"The guardrail's definition {name} is not TOML: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(_problems(error.errors()))
        raise WrongDefinition(f"The guardrail's definition {name}: {problems}.") from error


def _problems(errors: Sequence[Any]) -> Iterator[str]:
    """Each member that is wrong, once, as the file has it, and the rule that it breaks."""
    rules: dict[str, str] = {}
    for error in errors:
        rules.setdefault("".join(_steps(error["loc"])), _rule(error))
    for place, rule in rules.items():
        direction = place.rpartition(".")[2]
        whole = place.removesuffix(f".{direction}")
        if direction == "output" and rules.get(f"{whole}.input") == rule:
            continue  # one word for both directions is wrong once
        is_both = direction == "input" and rules.get(f"{whole}.output") == rule
        if rule == RULES["too_short"] and any(one.startswith(f"{place}[") for one in rules):
            continue  # it has items, all of which are wrong
        member = whole if is_both else place
        yield f"{member}: {rule}" if member else rule


def _rule(error: Any) -> str:
    kind, value = error["type"], error["input"]
    if kind == "literal_error":
        return _not_among(str(value), re.findall(r"'([^']+)'", error["ctx"]["expected"]))
    if kind not in RULES:
        message: str = error["msg"]
        ours = message.removeprefix("Value error, ")
        return message[:1].lower() + message[1:] if ours == message else ours
    form = FORMS.get(str(error["loc"][-1]), "")
    length = len(value) if isinstance(value, str) else 0
    return RULES[kind].format(**error.get("ctx", {}), value=value, form=form, length=length)


def _not_among(value: str, names: Sequence[str]) -> str:
    """A word that is none of Bedrock's, and those that it has.

    >>> _not_among("EMAILS", ["EMAIL", "URL"])
    "'EMAILS' is none of EMAIL, URL; did you mean EMAIL?"
    """
    near = get_close_matches(value.upper(), names, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{value!r} is none of {', '.join(names)}{hint}"


def _steps(location: tuple[str | int, ...]) -> Iterator[str]:
    """A place in the notation of TOML, numbered from 1: `topics.denied[2].name`."""
    for number, step in enumerate(each for each in location if each != "[key]"):
        if isinstance(step, int):
            yield f"[{step + 1}]"
        else:
            yield f".{step}" if number else step
