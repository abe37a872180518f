"""What `outcrop up` says of the page that it serves."""

from pathlib import Path

import pytest

from app import page_files
from app.cli.commands.up import announce
from app.deploy.laptop import Addresses

ADDRESSES = Addresses("http://127.0.0.1:1", "http://127.0.0.1:2", "key", "secret", "", "")


@pytest.mark.parametrize("fault", ["", page_files.MISSING, page_files.STALE])
def test_a_page_that_is_missing_or_stale_is_said(
    fault: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(page_files, "fault", lambda: fault)
    announce(ADDRESSES)
    said = capsys.readouterr().out
    assert f"{ADDRESSES.application}/" in said
    assert ("make page" in said) == bool(fault)
    assert fault in said


def test_an_installed_page_without_its_sources_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("<head>")
    assert page_files.fault(tmp_path) == ""
