"""The worker process: its limits, its end and its successor, and the reasons that it gives."""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from app.local.engine.parsers import (
    LONGEST_TEXT,
    OUT_OF_MEMORY,
    ParsedDocument,
    Records,
    Section,
    TooSlow,
    Unreadable,
)
from app.local.engine.parsers.__main__ import _without_path
from app.local.engine.parsers.process import FORMATS, Limits, Parser
from app.resources import BEDROCK_SUFFIXES, DOCUMENT_SUFFIXES
from tests.local.engine.parsers.documents import (
    LOCKED,
    archive,
    docx,
    pdf,
    pptx,
    xlsx,
)

ENDLESS = "<hgroup>" * 500_000  # nested so deep that its parser is at it for minutes
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads another process's limits")


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    parser = Parser(Limits())
    yield parser
    parser.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "object"  # what lies in a bucket has no name of its own


def worker(parser: Parser) -> subprocess.Popen[bytes]:
    assert parser._worker
    return parser._worker


@pytest.mark.parametrize(
    ("name", "content", "section"),
    [
        ("a.txt", b"Clay.", Section("Clay.", None)),
        ("A.MD", b"# Clay", Section("# Clay", None)),
        ("a.b.html", b"<p>Clay", Section("Clay", None)),
        ("a.htm", b"<p>Clay", Section("Clay", None)),
        ("a.csv", b"a,b\n", Section("| a | b |\n| --- | --- |", None)),
        ("a.pdf", pdf([[(72, 700, 10, "Clay.")]]), Section("Clay.", 1)),
        ("a.docx", docx("<w:p><w:r><w:t>Clay.</w:t></w:r></w:p>"), Section("Clay.", None)),
        ("a.xlsx", xlsx("Clay"), Section("## Sheet\n\nClay", None)),
        ("a.pptx", pptx("Clay"), Section("# Clay", 1)),
        ("a.DOCM", docx("<w:p><w:r><w:t>Clay.</w:t></w:r></w:p>"), Section("Clay.", None)),
        ("a.xls", xlsx("Clay"), Section("## Sheet\n\nClay", None)),
        ("a.rtf", b"{\\rtf1 Clay.}", Section("Clay.", None)),
        ("a.tsv", b"a\tb\n", Section("| a | b |\n| --- | --- |", None)),
    ],
)
def test_the_suffix_says_what_a_document_is(
    parser: Parser, file: Path, name: str, content: bytes, section: Section
) -> None:
    file.write_bytes(content)
    assert parser.parse(file, name).sections == [section]


def test_what_can_be_a_document_is_what_is_parsed() -> None:
    assert set(DOCUMENT_SUFFIXES) == set(FORMATS)
    assert set(BEDROCK_SUFFIXES) < set(DOCUMENT_SUFFIXES)


def test_blank_pages_are_left_out(parser: Parser, file: Path) -> None:
    file.write_bytes(pdf([[], [(72, 700, 10, "Clay.")]]))
    assert parser.parse(file, "a.pdf").sections == [Section("Clay.", 2)]


def test_charset_and_records_reach_the_parser(parser: Parser, file: Path) -> None:
    file.write_bytes("名前,年\n東京,8\n".encode("cp932"))
    records = Records("名前", ("年",))
    [section] = parser.parse(file, "a.csv", charset="cp932", records=records).sections
    assert section == Section("東京", None, {"年": "8"})


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "a.exe",
            b"MZ",
            "of type .exe are not supported: those of .adoc, .asciidoc, .csv, .docm, .docx",
        ),
        ("README", b"Clay.", "without a suffix that tells their type are not supported"),
        ("a.doc", b"Clay.", "of type .doc are not supported here: .* save it as .docx"),
        ("a.xlsb", b"Clay.", "save it as .xlsx"),
        ("a.txt", b"", "The file is empty"),
        ("a.txt", "\u200b \u2060\ufeff\n".encode(), "holds no text"),
        ("a.txt", b" \n\t ", "holds no text"),
        ("a.md", b"---\nlayout: page\n---\n", "holds no text"),
        ("a.txt", b"\x81\x00", "zero bytes"),
        ("a.pdf", pdf([[(72, 700, 10, "Secret.")]], LOCKED), "encrypted with a password"),
        ("a.pdf", pdf([[]]), "no text layer"),
        ("a.docx", b"Clay.", "damaged, or no Office file"),
        (
            "a.docx",
            archive({"word/document.xml": "<a"}),
            "damaged, or holds something .*ParseError",
        ),
    ],
)
def test_why_a_document_cannot_be_read(
    parser: Parser, file: Path, name: str, content: bytes, reason: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(Unreadable, match=reason) as error:
        parser.parse(file, name)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_no_reason_shows_where_the_file_lies_on_this_machine(file: Path) -> None:
    error = ValueError(f"cannot open {file}")
    assert _without_path(error, {"path": str(file)}) == "cannot open the file"


def test_a_document_may_be_50_megabytes_and_no_more(parser: Parser, file: Path) -> None:
    with file.open("wb") as target:
        target.truncate(50 * 2**20 + 1)
    with pytest.raises(Unreadable, match=r"50\.0 MB, and 50 MB is the most"):
        parser.parse(file, "a.txt")


def test_a_document_with_too_much_text_is_refused(parser: Parser, file: Path) -> None:
    file.write_bytes(b"word\n" * (LONGEST_TEXT // 5 + 1))
    with pytest.raises(Unreadable, match=r"more than 50 million characters of text: split it"):
        parser.parse(file, "a.txt")


def test_a_caller_can_give_the_parser_less_time_than_its_limit(file: Path) -> None:
    parser = Parser()
    file.write_text(ENDLESS)
    with pytest.raises(TooSlow, match=r"took longer than 0\.5 seconds: split it"):
        parser.parse(file, "a.html", seconds=0.5)
    parser.close()


def test_a_document_that_is_not_there_is_no_failure_of_its_own(parser: Parser, file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        parser.parse(file, "a.txt")


def test_one_worker_serves_many_documents_and_threads(parser: Parser, file: Path) -> None:
    file.write_bytes(b"Clay.")
    parser.parse(file, "a.txt")
    first = worker(parser).pid
    parsed_documents: list[ParsedDocument] = []
    threads = [
        threading.Thread(target=lambda: parsed_documents.append(parser.parse(file, "a.md")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert parsed_documents == [ParsedDocument([Section("Clay.", None)])] * 8
    assert worker(parser).pid == first


def test_what_takes_too_long_is_ended_and_the_next_document_is_read(file: Path) -> None:
    parser = Parser(Limits(seconds=0.5))
    file.write_text(ENDLESS)
    with pytest.raises(Unreadable, match=r"took longer than 0\.5 seconds: split it"):
        parser.parse(file, "a.html")
    parser.close()

    parser = Parser()
    file.write_bytes(b"Clay.")
    assert parser.parse(file, "a.txt").sections == [Section("Clay.", None)]
    parser.close()


@pytest.mark.parametrize("before", [0, 1])
def test_what_takes_too_much_memory_is_ended(file: Path, tmp_path: Path, before: int) -> None:
    """Whether it is the worker's first document or not; the next one is read."""
    parser = Parser(Limits(memory=100))
    small = tmp_path / "small"
    small.write_bytes(b"Clay.")
    for _ in range(before):
        parser.parse(small, "a.txt")
    file.write_bytes(b"clay " * 9_000_000)
    with pytest.raises(Unreadable, match="took more than 100 MB of memory: split it"):
        parser.parse(file, "a.txt")
    assert parser.parse(small, "a.txt").sections == [Section("Clay.", None)]
    parser.close()


class Replaced(Parser):
    """Whose first worker runs a script of the test instead."""

    def __init__(self, *scripts: str, limits: Limits | None = None) -> None:
        super().__init__(limits)
        self._scripts = list(scripts)

    def _start(self) -> subprocess.Popen[bytes]:
        if not self._scripts:
            return super()._start()
        return subprocess.Popen(
            [sys.executable, "-c", self._scripts.pop(0)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )


DIES = "import os, signal; input(); os.kill(os.getpid(), signal.SIGSEGV)"
ANSWERS_ONCE = (
    'input(); print(\'{"sections": [["Sand.", null, {}]], "warnings": []}\', flush=True); input()'
)


def test_a_crash_fails_its_document_and_the_next_one_is_read(file: Path) -> None:
    parser = Replaced(DIES)
    file.write_bytes(b"Clay.")
    with pytest.raises(Unreadable, match=r"crashed over the file \(SIGSEGV\): it is damaged"):
        parser.parse(file, "a.txt")
    assert parser.parse(file, "a.txt").sections == [Section("Clay.", None)]
    parser.close()


def test_a_worker_that_aborts_names_the_memory_limit(file: Path) -> None:
    """As PDFium does where it gets no more memory."""
    aborts = "import os, signal; input(); os.kill(os.getpid(), signal.SIGABRT)"
    parser = Replaced(aborts, limits=Limits(memory=64))
    file.write_bytes(b"Clay.")
    with pytest.raises(Unreadable, match=r"gave up \(SIGABRT\), .* more than 64 MB of memory"):
        parser.parse(file, "a.txt")
    parser.close()


def test_a_worker_that_dies_later_may_not_die_of_its_document(file: Path) -> None:
    parser = Replaced(ANSWERS_ONCE)
    file.write_bytes(b"Clay.")
    assert parser.parse(file, "a.txt").sections == [Section("Sand.", None)]
    assert parser.parse(file, "a.txt").sections == [Section("Clay.", None)]
    parser.close()


def test_a_worker_that_died_between_documents_is_replaced(file: Path) -> None:
    parser = Parser()
    file.write_bytes(b"Clay.")
    parser.parse(file, "a.txt")
    worker(parser).kill()
    worker(parser).wait()
    assert parser.parse(file, "a.txt").sections == [Section("Clay.", None)]
    parser.close()


def test_closing_waits_for_no_document(file: Path) -> None:
    parser = Parser()
    file.write_bytes(b"Clay.")
    parser.parse(file, "a.txt")
    began = worker(parser)
    file.write_text(ENDLESS)
    ended: Queue[Exception] = Queue()

    def parse() -> None:
        try:
            parser.parse(file, "a.html")
        except Unreadable as error:
            ended.put(error)

    thread = threading.Thread(target=parse)
    thread.start()
    while not parser._lock.locked():
        pass
    parser.close()
    thread.join()
    assert "closed" in str(ended.get_nowait())
    assert began.poll() is not None
    with pytest.raises(Unreadable, match="closed"):
        parser.parse(file, "a.html")


@LINUX
def test_the_worker_has_its_limits_without_its_parent(parser: Parser, file: Path) -> None:
    file.write_bytes(b"Clay.")
    parser.parse(file, "a.txt")
    pid = worker(parser).pid
    memory, _ = resource.prlimit(pid, resource.RLIMIT_AS)
    processor, _ = resource.prlimit(pid, resource.RLIMIT_CPU)
    written, _ = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    assert memory == 1024 * 2**20
    assert 120 < processor <= 180
    assert written == 0
    assert os.getsid(pid) == pid  # out of the reach of Ctrl-C


def test_the_watch_that_macos_has_ends_a_worker_too() -> None:
    script = """
import threading
from app.local.engine.parsers.__main__ import watch
threading.Thread(target=watch, args=(200 * 2**20,), daemon=True).start()
heap = []
while True:
    heap.append(bytearray(2**20))
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == OUT_OF_MEMORY


def test_this_process_imports_no_parser() -> None:
    script = """
import sys
import app.local.engine.parsers.process
print({"pypdfium2", "mammoth", "pptx", "xlrd", "selectolax", "lxml"} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout == "set()\n"


def test_halves_of_characters_are_joined_or_replaced(parser: Parser, file: Path) -> None:
    file.write_text('{"a": "pump \\ud83d\\ude00", "b": "half \\ud83d"}')
    [section] = parser.parse(file, "a.json").sections
    assert section.text == "a: pump \U0001f600\nb: half \ufffd"
