"""The laptop's home: who starts it, who shares it, who stops it, and what is said when it dies."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.cli import main
from app.deploy import laptop
from app.deploy.laptop import Addresses, children, served
from app.deploy.laptop.home import identity, is_locked, locked, usable
from app.errors import OperatorError
from app.settings import LaptopSettings, WrongSettings, environment

OUTCROP = Path(sys.executable).with_name("outcrop")


def outcrop(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [OUTCROP, *words],
        env=environment({"OUTCROP_HOME": str(home), **variables}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def up(home: Path) -> Iterator[subprocess.Popen[str]]:
    """`outcrop up`, serving."""
    with subprocess.Popen(
        [OUTCROP, "up", "--json"],
        env=environment({"OUTCROP_HOME": str(home)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
            yield process
        finally:
            process.terminate()


def processes(home: Path, module: str) -> list[int]:
    """The processes of a module that serve a home, as the system knows them."""
    ids = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if module in words and any(str(home) in one for one in opened_files(folder)):
            ids.append(int(folder.name))
    return ids


def opened_files(process: Path) -> Iterator[str]:
    """The files that a process of /proc has open; one that it closes meanwhile is left out."""
    with suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):
                yield str(descriptor.readlink())


@pytest.mark.parametrize(
    ("module", "name"), [("app.local", "stand-in"), ("app.web", "application")]
)
def test_up_says_which_process_died_and_ends(tmp_path: Path, module: str, name: str) -> None:
    with up(tmp_path / "home") as process:
        [number] = processes(tmp_path / "home", module)
        os.kill(number, signal.SIGKILL)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    errors = " ".join(errors.split())
    assert f"The {name} was killed by signal 9. Its last words: " in errors
    assert f"{name}.log has it all" in errors
    assert not is_locked(tmp_path / "home" / "lock"), "the other one has ended too"


def test_a_command_says_that_what_it_uses_has_died(tmp_path: Path) -> None:
    home = LaptopSettings(home=tmp_path / "home")
    with laptop.sharing(home) as served:
        assert served.death() is None
        for module in ("app.web", "app.local"):
            [number] = processes(home.home, module)
            os.kill(number, signal.SIGKILL)
            os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
        death = served.death()
        assert death
        assert "was killed by signal 9" in death.detail


def test_a_second_command_shares_and_the_last_one_stops_what_the_first_started(
    tmp_path: Path,
) -> None:
    settings = LaptopSettings(home=tmp_path / "home")
    first, second = laptop.sharing(settings), laptop.sharing(settings)
    one = first.__enter__()
    two = second.__enter__()
    assert two.application == one.application
    first.__exit__(None, None, None)
    assert laptop.running(settings), "the second still uses it"
    assert two.death() is None
    assert outcrop(settings.home, "docs", "ls").returncode == 0
    assert laptop.running(settings)
    second.__exit__(None, None, None)
    assert laptop.running(settings) is None
    assert not is_locked(settings.home / "lock")


class GaveUp(Exception):
    """A person's Ctrl-C."""


def test_who_waits_to_serve_a_home_is_told_what_it_waits_for(tmp_path: Path) -> None:
    """As `up` does while `outcrop chat` uses the home, for as long as that goes on."""

    def give_up(home: Path) -> None:
        raise GaveUp(home)

    settings = LaptopSettings(home=usable(tmp_path / "home"))
    with locked(settings.home / "lock"), pytest.raises(GaveUp, match="home"):
        laptop.serving(settings, on_wait=give_up).__enter__()
    with locked(settings.home / "door", fcntl.LOCK_EX | fcntl.LOCK_NB):
        pass  # nobody else has to wait for it


def test_a_home_that_is_removed_while_it_is_served_ends_what_serves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise documents would be taken that are nowhere."""
    addresses = Addresses("", "", "", "", "", "")

    @contextmanager
    def starting(settings: LaptopSettings, *_: object, **__: object) -> Iterator[laptop.Served]:
        folder = identity(settings.home)
        yield laptop.Served(**asdict(addresses), home=settings.home, folder=folder)

    module = import_module("app.deploy.laptop.sharing")  # the package's name of it is a function
    monkeypatch.setattr(module, "starting", starting)
    monkeypatch.setattr(served, "is_locked", lambda _: True)
    settings = LaptopSettings(home=tmp_path / "home")
    with laptop.serving(settings) as home:
        assert home.death() is None
        settings.home.rename(tmp_path / "away")
        death = home.death()
        assert death
        assert "was removed or replaced while it was served" in death.detail
        settings.home.mkdir()
        assert home.death(), "another command has made a new one"
        settings.home.rmdir()


def test_the_last_words_of_a_log_that_is_gone_are_none(tmp_path: Path) -> None:
    assert children.last_words(tmp_path / "gone.log") == "it said nothing."


def test_ctrl_c_while_a_process_starts_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[str]] = []

    class Interrupted(subprocess.Popen[str]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)
            signal.setitimer(signal.ITIMER_REAL, 0.001)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with locked(tmp_path / "lock") as lock, children.staying_alive(tmp_path) as alive:
            with pytest.raises(KeyboardInterrupt):
                children.Child("sleeper", tmp_path, ["sleep", "60"], alive=alive, lock=lock)
            assert [process.poll() for process in started] == [-signal.SIGTERM]
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_home_below_the_users_own_folder_is_named_as_a_shell_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also where no shell reads the variable, as in a file of them."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OUTCROP_HOME", "~/outcrop")
    assert LaptopSettings().home == tmp_path / "outcrop"


@pytest.mark.parametrize("variables", [{}, {"OUTCROP_HOME": "~/outcrop"}])
def test_a_user_without_a_home_folder_is_told_what_to_set(
    monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]
) -> None:
    """As in a container whose user has no entry in the system's list."""

    def unknown(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", unknown)
    monkeypatch.setattr("app.settings.laptop.checkout", lambda: None)
    monkeypatch.delenv("OUTCROP_HOME", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings, match="set OUTCROP_HOME to a folder's whole path"):
        LaptopSettings()


def test_a_path_that_is_too_long_for_its_files_is_a_sentence(tmp_path: Path) -> None:
    home = tmp_path.joinpath(*["d" * 100] * 4)
    with pytest.raises(OperatorError, match=r"its path has [0-9]+ bytes, and 400 is the most"):
        usable(home)
    assert not home.exists()


def test_a_command_that_was_killed_leaves_what_it_started_to_the_one_that_shares_it(
    tmp_path: Path,
) -> None:
    settings = LaptopSettings(home=tmp_path / "home")
    with up(settings.home) as process:
        with laptop.sharing(settings) as served:
            process.kill()
            process.wait()
            assert served.death() is None
            assert outcrop(settings.home, "docs", "ls").returncode == 0
        assert laptop.running(settings) is None


def test_commands_that_start_at_once_start_it_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ended: list[subprocess.CompletedProcess[str]] = []
    threads = [Thread(target=lambda: ended.append(outcrop(home, "docs", "ls"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(one.returncode, one.stdout) for one in ended] == [(0, ended[0].stdout)] * 3
    assert not is_locked(home / "lock")


def test_a_log_that_has_grown_too_large_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LARGEST_LOG", 100)
    log = tmp_path / "stand-in.log"
    with log.open("a") as writing:
        writing.write("a" * 101)
        writing.flush()
        children.rotate(log)
        writing.write("next")
        writing.flush()
        children.rotate(log)
    assert log.read_text() == "next"
    assert (tmp_path / "stand-in.log.1").read_text() == "a" * 101
    assert (tmp_path / "stand-in.log.1").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OUTCROP_PASSAGES", "0", "OUTCROP_PASSAGES=0: Input should be greater than or equal to 1"),
        ("OUTCROP_PASSAGE", "3", "OUTCROP_PASSAGE is no setting; did you mean OUTCROP_PASSAGES?"),
        ("OUTCROP_ZEBRA", "3", "OUTCROP_ZEBRA is no setting; docs/settings.md has all"),
        ("OUTCROP_PORT", "70000", "OUTCROP_PORT=70000"),
        (
            "OUTCROP_ORIGIN",
            "chat.example.com",
            "OUTCROP_ORIGIN=chat.example.com: String should match",
        ),
        ("OUTCROP_MODEL_ID", "amazon.nova-light-v1:0", "Did you mean amazon.nova-lite-v1:0"),
    ],
)
def test_a_wrong_setting_is_a_sentence_before_anything_starts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.setenv("OUTCROP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(name, value)
    for words in (["up"], ["ask", "x"], ["docs", "ls"]):
        monkeypatch.setattr(sys, "argv", ["outcrop", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "home").exists()


def test_a_shell_gets_such_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    ran = outcrop(tmp_path / "home", "up", OUTCROP_ZEBRA="3")
    assert ran.returncode == 2
    assert "OUTCROP_ZEBRA is no setting" in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "home").exists()


def test_a_home_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    for home in (tmp_path / "file", tmp_path / "file" / "below"):
        ran = outcrop(home, "ask", "x")
        assert ran.returncode == 1
        message = " ".join(ran.stderr.split())
        assert re.search(
            r"cannot be the home: it, or a folder above it, is a file\. Or set", message
        )
        assert "Traceback" not in message
    assert (tmp_path / "file").read_text() == "kept"


def test_a_full_and_a_read_only_disk_are_named(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this process may not mount a small disk")
    try:
        with pytest.raises(OperatorError, match="its disk is full"):
            usable(disk / "home")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(OperatorError, match="its disk is read-only"):
            usable(disk / "other")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_may_not_be_written_to_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OperatorError, match="it may not be written to"):
        usable(tmp_path / "home")
