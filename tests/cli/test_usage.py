"""`outcrop usage`, beside a home with a budget."""

import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from app.cli.commands.ask import show
from app.cli.commands.usage import show_doubts
from app.deploy import laptop
from app.settings import LaptopSettings
from tests.cli.shell import NOTES, NewShell, Shell
from tests.cli.test_ask import Script

BUDGET = {"OUTCROP_PRINCIPAL_TOKENS_DAY": "2000000", "OUTCROP_PRINCIPAL_DOLLARS_MONTH": "7.5"}


@pytest.fixture(scope="module")
def shell(new_shell: NewShell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    shell = new_shell(tmp_path_factory.mktemp("home"))
    notes = tmp_path_factory.mktemp("notes") / "notes.md"
    notes.write_text(NOTES)
    with patch.dict(os.environ, BUDGET), laptop.serving(LaptopSettings(home=shell.home)):
        shell.run("ingest", str(notes))
        yield shell


def test_what_was_spent_is_shown_with_its_budget(shell: Shell) -> None:
    answer = shell.json("ask", "What is the beekeeper called?")
    tokens = sum(answer["usage"].values())
    usage = shell.json("usage")
    assert usage["month"]["tokens"] == usage["today"]["tokens"] == tokens
    assert (usage["today"]["mostTokens"], usage["month"]["mostDollars"]) == (2_000_000, 7.5)
    shown = shell.run("usage").stdout
    assert "2,000,000 tokens" in shown
    assert "$7.50" in shown
    assert "List prices as of" in shown


def test_an_operator_sees_everybody(shell: Shell) -> None:
    [row] = shell.json("usage", "--all")["principals"]
    mine = shell.json("usage")["month"]
    assert (row["principal"], row["tokens"], row["turns"]) == ("local", mine["tokens"], 0)
    assert row["dollars"] == pytest.approx(mine["dollars"])
    assert "local" in shell.run("usage", "--all").stdout
    assert shell.json("usage", "--all", "--month", "2020-01")["principals"] == []


def test_a_home_without_a_budget_says_that_nothing_is_counted(
    new_shell: NewShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in BUDGET:
        monkeypatch.delenv(name, raising=False)
    shell = new_shell(tmp_path)
    with laptop.serving(LaptopSettings(home=tmp_path)):
        assert "OUTCROP_BUDGET_TABLE" in shell.run("usage", code=1).stderr
        assert "no budget" in shell.run("usage", "--all", code=1).stderr


def test_it_is_said_of_how_many_calls_the_price_is_unverified(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_doubts(0, 0)
    assert capsys.readouterr().out == ""
    show_doubts(2, 3)
    shown = " ".join(capsys.readouterr().out.split())
    assert "2 calls are of models whose price is not known" in shown
    assert "3 calls are of models whose price is unverified" in shown


def test_a_warning_is_shown_below_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"period": "month", "unit": "dollars", "amount": 4.2, "limit": 5.0}
    warning = {"type": "data-budget", "data": data | {"resets": "2026-12-01T00:00:00Z"}}
    show(Script({"type": "text-delta", "delta": "Yes."}, warning), {"message": "?"})
    shown = " ".join(capsys.readouterr().out.split())
    assert "$4.20 of your $5.00 a month are spent; the next begins at 2026-12-01 00:00 UTC" in shown
