"""A pytest plugin: Outcrop's stand-in, an AWS on this machine, for the tests of any project.

    def test_a_document_is_kept(outcrop_stand_in):
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="documents")

    outcrop_stand_in          points the environment at the stand-in that all tests share
    outcrop_fresh_stand_in    the same, with a stand-in of the test's own, which is empty
    outcrop_shared_stand_in   that shared one for fixtures of any scope; the environment stays as it
                              is

It is a package of its own and imports none of Outcrop's: the project that is tested may have an
`app` as well, and that is the one its tests import. Until a test asks for a fixture, nothing runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from outcrop_pytest.stand_in import StandIn

__all__ = ["outcrop_fresh_stand_in", "outcrop_shared_stand_in", "outcrop_stand_in"]


@pytest.fixture(scope="session")
def outcrop_shared_stand_in() -> Iterator["StandIn"]:
    """A stand-in that is empty when the first test asks for it, and ends with the session."""
    from outcrop_pytest.stand_in import running

    with running() as stand_in:
        yield stand_in


@pytest.fixture
def outcrop_stand_in(
    outcrop_shared_stand_in: "StandIn", monkeypatch: pytest.MonkeyPatch
) -> Iterator["StandIn"]:
    """The shared stand-in, where AWS clients that the test makes are led. Its faults end with the
    test; what was put into it stays for the next.
    """
    with _leading(outcrop_shared_stand_in, monkeypatch):
        yield outcrop_shared_stand_in


@pytest.fixture
def outcrop_fresh_stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator["StandIn"]:
    """A stand-in of the test's own, empty, where AWS clients that it makes are led."""
    from outcrop_pytest.stand_in import running

    with running() as stand_in, _leading(stand_in, monkeypatch):
        yield stand_in


@contextmanager
def _leading(stand_in: "StandIn", monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    stand_in.set_environment(monkeypatch)
    try:
        yield
    finally:
        stand_in.faults.clear()
