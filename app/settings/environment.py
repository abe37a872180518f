"""The environment of this process, and of those that it starts: the only file that touches it."""

import os
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import OperatorError
from app.tool_folders import tool_groups, tool_prefix

PREFIX = "OUTCROP_"

RENAMED = {
    f"budget_{unit}_{period}": f"principal_{unit}_{period}"
    for unit in ("tokens", "dollars")
    for period in ("day", "month")
}
"""Settings under their former names, which are refused with the new ones."""

_T = TypeVar("_T", bound="Environment")


class Environment(BaseSettings):
    """Settings, each read from `OUTCROP_<NAME>`."""

    # Of the classes here a process reads one or two: the others need not be built.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, env_ignore_empty=True, defer_build=True
    )


class WrongSettings(OperatorError):
    """A setting is missing or wrong. Nothing was started."""


def read(kind: type[_T], **values: Any) -> _T:
    """Read the environment, once, at the entry point that needs it.

    Args:
        values: settings that are not read from the environment.

    Raises:
        WrongSettings: naming every variable that is missing or wrong with the rule that it breaks,
            and every unknown variable that begins with OUTCROP_.
    """
    problems = list(_misspelt(os.environ))
    try:
        settings = kind(**values)
    except ValidationError as error:
        problems += map(_problem, error.errors())
    else:
        if not problems:
            return settings
    raise WrongSettings(f"Settings are missing or wrong: {'; '.join(problems)}.")


def _problem(problem: Any) -> str:
    name = f"{PREFIX}{'_'.join(map(str, problem['loc'])).upper()}"
    value = "" if problem["type"] == "missing" else f"={problem['input']}"
    return f"{name}{value}: {problem['msg']}"


def _misspelt(names: Iterable[str]) -> Iterator[str]:
    """A message for each unknown name that begins with OUTCROP_.

    >>> list(_misspelt(["OUTCROP_PASSAGE", "OUTCROP_PASSAGES", "PATH"]))
    ['OUTCROP_PASSAGE is no setting; did you mean OUTCROP_PASSAGES?']
    >>> list(_misspelt(["OUTCROP_BUDGET_TOKENS_DAY"]))
    ['OUTCROP_BUDGET_TOKENS_DAY is now called OUTCROP_PRINCIPAL_TOKENS_DAY']
    """
    settings = sorted(name.upper() for name in _names(Environment))
    for name in names:
        setting = name.upper().removeprefix(PREFIX)
        if not name.upper().startswith(PREFIX) or setting in settings:
            continue
        if name.startswith(tuple(map(tool_prefix, tool_groups()))):
            continue
        if new := RENAMED.get(setting.lower()):
            yield f"{name} is now called {PREFIX}{new.upper()}"
        else:
            near = get_close_matches(setting, settings, n=1)
            hint = f"did you mean {PREFIX}{near[0]}?" if near else "docs/settings.md has all"
            yield f"{name} is no setting; {hint}"


def _names(kind: type[Environment]) -> Iterator[str]:
    yield from kind.model_fields
    for below in kind.__subclasses__():
        yield from _names(below)


def variables(settings: Environment) -> dict[str, str]:
    """The environment variables of these settings, for another process."""
    values = settings.model_dump(mode="json", exclude_none=True, round_trip=True)
    return {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()}


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process: this one's, with these changes."""
    return {**os.environ, **changes}


def adopt(changes: Mapping[str, str], dropped: Iterable[str] = ()) -> None:
    """Change this process's environment, before the first client is made."""
    os.environ.update(changes)
    for name in dropped:
        os.environ.pop(name, None)


def inherited_environment() -> Mapping[str, str]:
    """A copy of the variables with which this process was started."""
    return dict(os.environ)


def inherited(name: str) -> str | None:
    """A variable of another program, with which this process was started."""
    return os.environ.get(name)
