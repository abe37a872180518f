"""A disk of a few megabytes, to be filled."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk_at(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of this size in the folder's place; the test is skipped where none can be mounted."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk of a few megabytes")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "outcrop", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine mounts no tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
