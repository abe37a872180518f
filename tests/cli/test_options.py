"""What the options that commands share make of their words."""

from pathlib import Path

import pytest
import typer

from app.cli.options import context


def test_a_definitions_path_is_the_callers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    choices = context(["guardrail=rules/mine.toml", "origin=https://a.example/?b=c.toml"])
    assert choices == {
        "guardrail": str(tmp_path / "rules" / "mine.toml"),
        "origin": "https://a.example/?b=c.toml",
    }
    assert context(["guardrail=none"]) == {"guardrail": "none"}
    assert context(["guardrail=ab12cd34ef56:3"]) == {"guardrail": "ab12cd34ef56:3"}


@pytest.mark.parametrize("pair", ["guardrail", "guardrail=", "=none"])
def test_a_pair_has_a_key_and_a_value(pair: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not of the form KEY=VALUE"):
        context([pair])
