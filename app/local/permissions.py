"""Permissions of a home's files: they hold documents, questions and a key, for its user alone."""

import os
from pathlib import Path

FOLDER, FILE = 0o700, 0o600


def close_to_others(home: Path) -> None:
    """Make the folder readable for this user alone, and all files and folders that are in it. What
    this process and its children write from now on is readable for this user alone, too.
    """
    os.umask(0o077)
    home.mkdir(parents=True, exist_ok=True)
    if home.stat().st_mode & 0o077:
        home.chmod(FOLDER)  # from here on no other user reaches the files below
        for folder, _, files in os.walk(home):
            _close(Path(folder), FOLDER)
            for name in files:
                _close(Path(folder, name), FILE)


def _close(path: Path, mode: int) -> None:
    """Set the mode, but not of a link, whose target may lie elsewhere."""
    if not path.is_symlink():
        path.chmod(mode)
