"""What others wrote reaches the terminal as text: never as markup, never as a control sequence."""

import ast
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from app.cli import screen
from app.cli.terminal_text import visible, visible_json, visible_line

CLI = Path(screen.__file__).parent
LINK = "\x1b]8;;http://elsewhere.example\x1b\\press\x1b]8;;\x1b\\"
CLIPBOARD = "\x1b]52;c;cm0gLXJmIH4=\x07"
OVERRIDE = "annex\u202efdp.exe"
HOSTILE = f"[bold]{LINK}[/nothing] [link=x] :smile: {CLIPBOARD} \x9b2J \x7f {OVERRIDE} \ud800 end"
OBEYED = [chr(sign) for sign in [*range(9), *range(11, 32), *range(0x7F, 0xA0)]]
OBEYED += list("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Terminal(io.StringIO):
    """What a terminal is sent."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The screen on a terminal without colours: then nothing is sent that is no text."""
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    for name in ("out", "err"):
        one = screen.Screen(stderr=name == "err")
        one._console.file = terminal
        one._console.width = 100
        monkeypatch.setattr(screen, name, one)
    return terminal


def obeyed(sent: str) -> set[str]:
    return {sign for sign in sent if sign in OBEYED or "\ud800" <= sign <= "\udfff"}


def _ended(code: int) -> None:
    assert code == 1


WAYS: dict[str, Callable[[str], None]] = {
    "print": lambda text: screen.out.print(text, soft_wrap=True),
    "print styled": lambda text: screen.out.print(Text.assemble(("x ", "red"), text)),
    "print at the end of a piece": lambda text: screen.out.print(text, end=""),
    "indented": lambda text: screen.out.indented(text, 3),
    "table": lambda text: screen.out.table(("name",), [(text,)]),
    "fail": lambda text: _ended(screen.fail(text, {"requestId": text})),
    "sources": lambda text: screen.sources(
        [{"number": 1, "start": 0, "document": text, "page": 1, "section": text, "text": text}]
    ),
    "nearest": lambda text: screen.nearest([{"document": text, "page": 1, "section": text}]),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_to_the_terminal_lets_a_control_sign_through(way: str, terminal: Terminal) -> None:
    WAYS[way](HOSTILE)
    sent = terminal.getvalue()
    assert not obeyed(sent.replace("\r\n", "\n"))
    assert "␛]8;;" in sent
    assert "annex�fdp.exe" in sent


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_read_as_markup(way: str, terminal: Terminal) -> None:
    for name in ("a [draft].md", "[/]", "[red]x[/red]", "[link=http://x.example]y[/link]", ":x:"):
        WAYS[way](name)
        assert name in terminal.getvalue()


def test_bars_and_spinners_take_hostile_labels(terminal: Terminal) -> None:
    with screen.err.bar(HOSTILE, 2) as bar:
        bar(1, label=HOSTILE)
    with screen.err.status(HOSTILE):
        pass
    sent = terminal.getvalue()
    assert "]8;;" in sent
    assert "\x1b]" not in sent, "the bar's own sequences move the cursor; none is the name's"
    assert "\u202e" not in sent


def test_a_sequence_that_is_split_over_the_pieces_of_a_stream_is_none(terminal: Terminal) -> None:
    for sign in LINK + CLIPBOARD:
        screen.out.print(sign, end="", soft_wrap=True)
    assert not obeyed(terminal.getvalue())
    assert terminal.getvalue().count("␛") == LINK.count("\x1b") + 1


def test_a_name_cannot_pass_for_two_lines(terminal: Terminal) -> None:
    screen.out.table(("name", "status"), [("a.md\nb.md  INDEXED", "FAILED")])
    assert "a.md␊b.md  INDEXED" in terminal.getvalue()
    screen.fail("There is none.\nAll is well.", {})
    assert "\n  All is well." in terminal.getvalue()


def test_replacing_control_characters_keeps_styles_in_place() -> None:
    text = Text.assemble(("\x1b]8", "red"), ("kept", "bold"))
    sent = io.StringIO()
    one = screen.Screen(stderr=False)
    one._console = Console(file=sent, force_terminal=True, color_system="standard")
    one.print(text)
    assert sent.getvalue() == "\x1b[31m␛]8\x1b[0m\x1b[1mkept\x1b[0m\n"


def test_json_says_the_same_with_every_such_sign_escaped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen.show_json({"name": HOSTILE, HOSTILE: [1]})
    printed = capsys.readouterr().out
    assert not obeyed(printed)
    assert json.loads(printed) == {"name": HOSTILE, HOSTILE: [1]}


def test_every_sign_of_every_kind_is_dealt_with() -> None:
    for sign in OBEYED:
        assert not obeyed(visible(sign) + visible_line(sign)), repr(sign)
        assert not obeyed(visible_json(json.dumps(sign, ensure_ascii=False))), repr(sign)
    ordinary = "Größe 漢字 עברית العربية 👩\u200d💻 e\u0301"
    assert visible(ordinary) == visible_line(ordinary) == visible_json(ordinary) == ordinary


ONLY_THE_SCREEN = {"rich.console", "rich.progress", "rich.table", "rich.markup", "rich.prompt"}
WAYS_AROUND = {"print", "echo", "secho", "from_markup", "from_ansi"}
# The shell reads what `env` prints, and `--version` prints what we wrote ourselves.
WRITTEN_BY_US = {"commands/env.py", "__init__.py"}


def test_no_command_has_another_way_to_the_terminal() -> None:
    """The rule that makes the rest hold: all goes through `Screen`."""
    around = []
    for file in sorted(CLI.rglob("*.py")):
        name = str(file.relative_to(CLI))
        if name == "screen.py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module in ONLY_THE_SCREEN:
                around.append(f"{name}:{node.lineno} imports {node.module}")
            if isinstance(node, ast.Attribute) and ast.unparse(node) in (
                "sys.stdout.write",
                "sys.stderr.write",
            ):
                around.append(f"{name}:{node.lineno} writes")
            if isinstance(node, ast.Call) and name not in WRITTEN_BY_US:
                called = ast.unparse(node.func)
                own = called.startswith(("screen.", "bar.", "self."))
                if called.rpartition(".")[2] in WAYS_AROUND and not own:
                    around.append(f"{name}:{node.lineno} calls {called}")
    assert not around
