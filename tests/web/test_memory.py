"""Memory is handed out from one arena, however many threads ask for it."""

import platform
import subprocess
import sys
from types import SimpleNamespace

import pytest

from app.web.memory import share_one_arena

PROGRAM = """
import ctypes, threading
from app.web.memory import share_one_arena

share_one_arena()
together = threading.Barrier(8)

def take():
    together.wait()
    bytearray(100_000)
    together.wait()

threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_share_one_arena() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout
    assert told.count(b"<heap nr=") == 1, told.decode()


def test_the_c_library_is_called_with_a_limit_of_one_arena(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[object, ...]] = []

    def library(name: object) -> object:
        return SimpleNamespace(mallopt=lambda *arguments: calls.append((name, *arguments)))

    monkeypatch.setattr("ctypes.CDLL", library)
    share_one_arena()
    assert calls == [(None, -8, 1)]  # M_ARENA_MAX of malloc.h


@pytest.mark.parametrize("error", [AttributeError, OSError])
def test_where_the_c_library_has_no_arenas_nothing_happens(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: object) -> object:
        raise error

    monkeypatch.setattr("ctypes.CDLL", missing)
    share_one_arena()
