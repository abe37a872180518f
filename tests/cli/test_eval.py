"""`outcrop eval`: as a shell runs it, beside a laptop's home."""

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.cli.commands import evaluate
from app.evaluation import EvalRun, load_run
from app.settings import environment
from tests.cli.shell import Shell
from tests.cli.terminal import Terminal
from tests.cli.warm import OUTCROP

BEEKEEPER = {
    "id": "name",
    "kind": "fact",
    "question": "What is the beekeeper called?",
    "must": [["Ambrosius"]],
    "gold_docs": ["notes.md"],
}
CAPITAL = {
    "id": "capital",
    "kind": "unanswerable",
    "question": "What is the capital of Mongolia?",
    "abstain": True,
}
TALK = {
    "id": "talk",
    "turns": [
        {"question": "What is the beekeeper called?", "must": [["Ambrosius"]]},
        {"question": "How many hives does he have?", "must": [["four hundred"]]},
    ],
}


def write(folder: Path, *lines: dict[str, Any], name: str = "questions.jsonl") -> str:
    (folder / name).write_text("\n".join(map(json.dumps, lines)))
    return str(folder / name)


def test_kinds_are_counted_in_a_table(shell: Shell, tmp_path: Path) -> None:
    ran = shell.run("eval", write(tmp_path, BEEKEEPER, CAPITAL, TALK), "--faults")
    rows = {line.split()[0]: line.split()[1:] for line in ran.stdout.splitlines()[1:6]}
    assert rows["fact"][:6] == ["1", "1", "0", "-", "0/1", "1/1"]
    assert rows["unanswerable"][:6] == ["1", "1", "0", "1/1", "-", "-"]
    assert rows["follow-up"][:6] == ["1", "0", "1", "-", "0/1", "-"]
    assert rows["all"][:6] == ["4", "3", "1", "1/1", "0/3", "1/1"]
    assert "0 of 1 conversations are right from first to last" in ran.stdout
    assert "wrong: lacks four hundred" in ran.stdout
    assert "The answers are in" in ran.stderr
    assert "Asking" not in ran.stderr, "no progress bar without a terminal"
    assert len(load_run(shell.home / "last-eval.json").answers) == 4


def test_a_run_is_judged_again_and_compared_without_asking(shell: Shell, tmp_path: Path) -> None:
    first, second = str(tmp_path / "first.json"), str(tmp_path / "second.json")
    file = write(tmp_path, BEEKEEPER, CAPITAL)
    shell.run("eval", file, "--output", first)
    before = json.loads(Path(first).read_text())
    stricter = write(tmp_path, {**BEEKEEPER, "must_not": ["Ambrosius"]}, CAPITAL, name="strict")
    again = shell.json("eval", stricter, "--answers", first)
    assert [one["outcome"] for one in again["questions"]] == ["wrong", "right"]
    before["answers"][0]["answer"] = "It is Gregorius [1]."
    Path(second).write_text(json.dumps(before))
    report = shell.json("eval", file, "--compare", first, "--compare", second)
    assert report["comparison"]["lost"] == ["name"]
    assert report["comparison"]["gained"] == []
    ran = shell.run("eval", file, "--answers", first, "--compare", second)
    assert "before: second.json   after: first.json" in ran.stdout
    assert "wrong to right  name  What is the beekeeper called?" in ran.stdout


def test_a_threshold_decides_the_exit_code(shell: Shell, tmp_path: Path) -> None:
    file = write(tmp_path, BEEKEEPER, CAPITAL, TALK)
    ran = shell.run("eval", file, "--threshold", "right=.8", "--threshold", "cited=100%", code=1)
    assert "below right: 0.750, at least 0.8" in ran.stdout
    assert "ok    cited: 1.000, at least 1" in ran.stdout
    report = shell.json("eval", file, "--kind", "fact", "--threshold", "right=1")
    assert report["thresholds"] == [{"name": "right", "least": 1.0, "share": 1.0, "met": True}]
    assert len(shell.json("eval", file, "--limit", "2")["questions"]) == 2


def test_what_is_wrong_is_said_before_anything_is_asked(shell: Shell, tmp_path: Path) -> None:
    kept = shell.home / "last-eval.json"
    kept.unlink(missing_ok=True)
    good = write(tmp_path, BEEKEEPER)
    bad = write(tmp_path, BEEKEEPER, {**CAPITAL, "must": "x", "id": "name"}, name="bad.jsonl")
    for words, says in (
        ([bad], "line 2: must: Input should be a valid list"),
        (["gone.jsonl"], "gone.jsonl: No such file"),
        ([good, "--threshold", "code=1"], "there is no 'code'; there are right"),
        ([good, "--kind", "code"], "no question is of the kind 'code'; there are fact"),
        ([good, "--price", "3"], "'3' is not of the form IN/OUT"),
        ([good, "--answers", good], "is not that of a run"),
        ([good, "--concurrency", "33"], "less than or equal to 32"),
        ([good, "--output", str(tmp_path / "no" / "run.json")], "there is no folder"),
    ):
        ran = CliRunner().invoke(cli, ["eval", *words], env={"OUTCROP_HOME": str(shell.home)})
        assert ran.exit_code == 2
        assert says in " ".join(ran.output.replace("│", " ").split()), words
    assert not kept.exists()


def test_answers_are_kept_while_questions_are_asked(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[EvalRun] = []
    monkeypatch.setattr(evaluate, "SAVE_SECONDS", 0)
    monkeypatch.setattr(evaluate, "save_run", lambda run, _: runs.append(run))
    file = write(tmp_path, BEEKEEPER, CAPITAL)
    ran = CliRunner().invoke(cli, ["eval", file], env={"OUTCROP_HOME": str(shell.home)})
    assert ran.exit_code == 0
    assert [(len(run.answers), run.complete) for run in runs] == [(1, False), (2, False), (2, True)]


def test_ctrl_c_keeps_what_was_answered_and_says_so(shell: Shell, tmp_path: Path) -> None:
    lines = [{**BEEKEEPER, "id": f"q{number}"} for number in range(2_000)]
    output = tmp_path / "run.json"
    terminal = Terminal(shell.home, "eval", write(tmp_path, *lines), "-o", str(output))
    try:
        terminal.until(r"[1-9]\d*/2000")
        terminal.type("\x03")
        terminal.until("Stopped early: ([0-9]+) of 2000 questions are answered")
        terminal.until("all +[0-9]+")
        assert terminal.process.wait(30) == 130
    finally:
        terminal.close()
    run = load_run(output)
    assert not run.complete
    assert 0 < len(run.answers) < 2_000


def test_a_process_that_is_interrupted_without_a_terminal_keeps_them_too(
    shell: Shell, tmp_path: Path
) -> None:
    lines = [{**BEEKEEPER, "id": f"q{number}"} for number in range(2_000)]
    output = tmp_path / "run.json"
    log = shell.home / "application.log"
    before = log.stat().st_size
    with subprocess.Popen(
        [OUTCROP, "eval", write(tmp_path, *lines), "-o", str(output), "--threshold", "right=0"],
        env=environment({"OUTCROP_HOME": str(shell.home)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while b"POST /chat" not in log.read_bytes()[before:]:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped early" in stderr
    assert not load_run(output).complete
