"""A function's code: a zip file, checked and unpacked."""

import io
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

LARGEST_ARCHIVE = 50 * 2**20  # bytes, sent with the request
LARGEST_CODE = 250 * 2**20  # bytes, unpacked


class BadArchive(ValueError):
    """The code is no zip file, or not one that Lambda takes. The message says why."""


def check(code: bytes) -> None:
    """Refuse what is no zip file, is empty or too large, or has entries outside of its folder.

    Raises:
        BadArchive: it is refused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            names = [info.filename for info in archive.infolist()]
            size = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile as error:
        message = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise BadArchive(message) from error
    if not names:
        raise BadArchive("Uploaded file must be a non-empty zip")
    for name in names:
        if name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise BadArchive(f"The archive's entry {name!r} would lie outside of the function.")
    if size > LARGEST_CODE:
        raise BadArchive(f"Unzipped size must be smaller than {LARGEST_CODE} bytes")


def unpack(code: bytes, folder: Path) -> None:
    """Unpack the archive into this folder, which is emptied first.

    Raises:
        BadArchive: an entry is damaged.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            archive.extractall(folder)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise BadArchive(f"Could not unzip uploaded file: {error}") from error
