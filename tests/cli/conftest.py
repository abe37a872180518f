"""Shells in which `outcrop` is run, beside a home of their own or one that is served; and accounts
of AWS.
"""

from collections.abc import Iterator

import pytest

from app.deploy import laptop
from app.settings import LaptopSettings
from tests.cli.shell import NOTES, NewShell, Shell
from tests.cli.warm import Warm
from tests.deploy.aws_account import Account


@pytest.fixture(scope="session")
def new_shell() -> Iterator[NewShell]:
    """`new_shell(home)`: a shell beside this home."""
    with Warm() as warm:
        yield lambda home: Shell(home, warm)


@pytest.fixture(scope="module")
def shell(new_shell: NewShell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Beside a home that is served for a module, with one document in it."""
    shell = new_shell(tmp_path_factory.mktemp("home"))
    notes = tmp_path_factory.mktemp("notes") / "notes.md"
    notes.write_text(NOTES)
    with laptop.serving(LaptopSettings(home=shell.home)):
        shell.run("ingest", str(notes))
        yield shell


@pytest.fixture
def own_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account that boto3 finds, and no other, whoever runs the tests."""
    with Account() as account:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"):
            monkeypatch.delenv(name, raising=False)
        for name, value in account.environment().items():
            monkeypatch.setenv(name, value)
        yield account
