"""A home holds documents, questions and a key: it is for its user alone to read."""

import os
from pathlib import Path

FOLDER, FILE = 0o700, 0o600


def close_to_others(home: Path) -> None:
    """Make the folder, with no way in for other users; whatever this process and its children
    write from now on is closed as well, and so is what an older version left open.
    """
    os.umask(0o077)
    home.mkdir(parents=True, exist_ok=True)
    if home.stat().st_mode & 0o077:
        home.chmod(FOLDER)  # from here on nobody reaches what lies below
        for folder, _, files in os.walk(home):
            _close(Path(folder), FOLDER)
            for name in files:
                _close(Path(folder, name), FILE)


def _close(path: Path, mode: int) -> None:
    """A link is left alone: what it leads to may lie elsewhere."""
    if not path.is_symlink():
        path.chmod(mode)
