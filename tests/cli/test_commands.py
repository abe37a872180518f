"""The command line, as a shell runs it: standard output, standard error, exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from app.settings import environment
from tests.cli.shell import Shell
from tests.cli.warm import OUTCROP
from tests.local.engine.parsers.documents import PICTURE, pdf

SIDECAR = '{"metadataAttributes": {"craft": "numbers"}}'


def test_ask_prints_the_answer_and_its_sources(shell: Shell) -> None:
    ran = shell.run("ask", "What is the beekeeper called?")
    assert "Ambrosius [1]" in ran.stdout
    assert "[1] notes.md, Notes" in ran.stdout
    assert "tokens in" in ran.stdout
    assert "\x1b" not in ran.stdout + ran.stderr, "no colours without a terminal"


def test_ask_as_json_is_one_object_with_everything(shell: Shell) -> None:
    answer = shell.json("ask", "How many hives does the beekeeper have?")
    assert "forty hives" in answer["answer"]
    assert set(answer) >= {"answer", "citations", "usage", "model", "conversationId"}
    for citation in answer["citations"]:
        assert set(citation) >= {"document", "uri", "page", "start", "end", "text", "score"}
        assert citation["passage"][citation["start"] : citation["end"]] == citation["text"]
    assert "He has forty hives." in [citation["text"] for citation in answer["citations"]]


def test_a_conversation_goes_on_over_commands(shell: Shell) -> None:
    first = shell.json("ask", "What is the beekeeper called?")
    second = shell.json("ask", "And how many hives does he have?", "-c", first["conversationId"])
    assert (second["conversationId"], second["turn"]) == (first["conversationId"], 1)
    assert "forty" in second["answer"]


def test_chat_answers_every_line_until_the_end_of_input(shell: Shell) -> None:
    ran = shell.run(
        "chat", stdin="What is the beekeeper called?\n/new\nHow many hives are there?\n"
    )
    assert "Ambrosius" in ran.stdout
    assert "forty" in ran.stdout


def test_ingest_says_what_became_of_each_and_fails_if_one_did(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.md").write_text("The well is twelve metres deep.")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 nothing more")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "skipped.exe").write_bytes(b"MZ")
    (folder / ".hidden.md").write_text("hidden")
    report = shell.json("ingest", str(folder), code=1)
    became = {document["name"]: document["status"] for document in report["documents"]}
    assert became == {
        "mixed/bad.pdf": "FAILED",
        "mixed/empty.txt": "REFUSED",
        "mixed/good.md": "INDEXED",
    }
    assert (report["indexed"], report["failed"]) == (1, 2)
    assert all(d["reason"] for d in report["documents"] if d["status"] != "INDEXED")
    assert report["leftOut"] == [str(folder / "skipped.exe")]
    ran = shell.run("ingest", str(folder), code=1)
    assert "not indexed mixed/bad.pdf" in ran.stderr
    assert "skipped.exe: not of a type that is read" in ran.stderr


def test_an_indexed_document_says_which_of_its_text_is_missing(
    shell: Shell, tmp_path: Path
) -> None:
    warning = "Page 2 has no text layer"
    content = pdf([[(72, 700, 10, "The well is twelve metres deep.")], [PICTURE]])
    (tmp_path / "scan.pdf").write_bytes(content)
    ran = shell.run("ingest", "scan.pdf", cwd=tmp_path)
    assert f"warning scan.pdf: {warning}" in ran.stderr
    assert "1 of 1 documents indexed, 1 with warnings" in ran.stderr
    assert warning in shell.run("docs", "show", "scan.pdf").stdout
    [document] = [one for one in shell.json("docs", "ls")["items"] if one["name"] == "scan.pdf"]
    assert document["status"] == "INDEXED"
    assert document["reason"] is None
    assert document["warnings"][0].startswith(warning)
    assert f"INDEXED: {warning}" in shell.run("docs", "ls").stdout


def test_ingest_uploads_text_of_a_named_encoding_as_utf_8(shell: Shell, tmp_path: Path) -> None:
    czech = "Dvířka zvonice se otevírají v šest hodin ráno."
    (tmp_path / "zvon.txt").write_bytes(czech.encode("cp1250"))
    (tmp_path / "zvon.html").write_bytes(f"<meta charset=koi8-r><p>{czech}".encode("cp1250"))
    (tmp_path / "bad.txt").write_bytes(b"\x81")
    words = ("ingest", "zvon.txt", "zvon.html", "bad.txt", "--charset", "windows-1250")
    report = shell.json(*words, code=1, cwd=tmp_path)
    *indexed, refused = report["documents"]
    assert [(one["status"], one["warnings"]) for one in indexed] == [("INDEXED", [])] * 2
    assert "it is not in windows-1250" in refused["reason"]
    passages = shell.json("search", "Dvířka zvonice")["passages"]
    assert {one["text"] for one in passages if one["document"].startswith("zvon")} == {czech}
    assert "is no encoding" in shell.run("ingest", ".", "--charset", "none such", code=2).stderr


def test_ingest_of_a_folder_without_documents_says_what_is_there(
    shell: Shell, tmp_path: Path
) -> None:
    folder = tmp_path / "none"
    folder.mkdir()
    assert "there is no file to upload" in shell.run("ingest", "none", cwd=tmp_path, code=2).stderr
    for name in ("a.exe", "b.exe", "c.exe", "d.exe", "package-lock.json"):
        (folder / name).write_text("x")
    refusal = shell.run("ingest", "none", cwd=tmp_path, code=2).stderr
    words = " ".join(refusal.replace("│", " ").split())
    assert "none/a.exe: not of a type that is read" in words
    assert "and 2 more" in words


def test_ingest_takes_the_attributes_from_the_file_beside(shell: Shell, tmp_path: Path) -> None:
    tuning = {"metadataAttributes": {"craft": "organs", "year": {"value": {"numberValue": 1740}}}}
    (tmp_path / "organ.md").write_text("The organ has nine stops.")
    (tmp_path / "organ.md.metadata.json").write_text(json.dumps(tuning))
    (tmp_path / "bell.md").write_text("The bell is cracked.")
    (tmp_path / "bell.md.metadata.json").write_text('{"craft": "bells"}')
    report = shell.json("ingest", str(tmp_path / "organ.md"), str(tmp_path / "bell.md"), code=1)
    became = {document["name"]: document for document in report["documents"]}
    assert "bell.md.metadata.json has to be" in became["bell.md"]["reason"]
    [passage] = [
        passage
        for passage in shell.json("search", "the stops of the organ")["passages"]
        if passage["document"] == "organ.md"
    ]
    assert passage["metadata"]["craft"] == "organs"
    assert passage["metadata"]["year"] == 1740
    [organ] = [one for one in shell.json("docs", "ls")["items"] if one["name"] == "organ.md"]
    assert organ["attributes"] == {"craft": "organs", "year": 1740}
    assert shell.json("docs", "show", "organ.md")["attributes"] == organ["attributes"]
    assert "organs" in shell.run("docs", "show", "organ.md").stdout


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_a_file_that_cannot_be_is_refused_alone(shell: Shell, tmp_path: Path) -> None:
    long = "x" * 120 + ".md"
    files = {
        "short.md": "The codeword is linnet.",
        long: "The codeword is siskin.",
        "nan.md": "The codeword is dunnock.",
        "nan.md.metadata.json": '{"metadataAttributes": {"year": NaN}}',
        "endless.md": "The codeword is wren.",
        "endless.md.metadata.json": '{"metadataAttributes": {"year": 1e999}}',
        "line\nbreak.md": "The codeword is dipper.",
        "latin.md": "The codeword is shrike.",
    }
    write(tmp_path / "tree", files)
    (tmp_path / "tree" / "latin.md").rename(os.fsdecode(bytes(tmp_path / "tree") + b"/\xe9.md"))
    report = shell.json("ingest", "tree", code=1, cwd=tmp_path)
    became = {document["name"]: document for document in report["documents"]}
    reasons = {name: document.get("reason", "") for name, document in became.items()}
    assert became.pop("tree/short.md")["status"] == "INDEXED"
    assert {document["status"] for document in became.values()} == {"REFUSED"}
    assert "longer than" in reasons[f"tree/{long}"]
    assert "NaN" in reasons["tree/nan.md"]
    assert "finite" in reasons["tree/endless.md"]
    assert "control character" in reasons["tree/line\nbreak.md"]
    assert "not in UTF-8" in reasons["tree/\\udce9.md"]


def test_what_no_home_can_take_is_refused_before_it_is_sent(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_bytes(b"")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(50 * 2**20 + 1)
    os.mkfifo(tmp_path / "pipe.md")
    names = ("empty.md", "huge.txt", "pipe.md")
    report = shell.json("ingest", *names, code=1, cwd=tmp_path)
    reasons = {document["name"]: document["reason"] for document in report["documents"]}
    assert reasons == {
        "empty.md": "it is empty",
        "huge.txt": "it has 50.0 MB, and 50 MB is the most: split it into smaller ones",
        "pipe.md": "it is a pipe or a device, or is gone: save what it holds to a file",
    }


def test_ingest_names_documents_by_their_path(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path, {"a/readme.md": "The north mast.", "b/readme.md": "The south mast."})
    report = shell.json("ingest", "a/readme.md", "b", "--prefix", "masts", cwd=tmp_path)
    names = [document["name"] for document in report["documents"]]
    assert names == ["masts/a/readme.md", "masts/b/readme.md"]
    both = [str(tmp_path / "a" / "readme.md"), str(tmp_path / "b" / "readme.md")]
    refused = shell.run("ingest", *both, code=2)
    assert "would both be the document" in " ".join(refused.stderr.replace("│", " ").split())
    assert "readme.md" not in [item["name"] for item in shell.json("docs", "ls")["items"]]


def test_what_is_replaced_is_said_and_what_is_unchanged_is_not_sent(
    shell: Shell, tmp_path: Path
) -> None:
    write(tmp_path, {"one.md": "One.", "two.md": "Two.", "two.md.metadata.json": SIDECAR})
    shell.run("ingest", "one.md", "two.md", cwd=tmp_path)
    before = shell.json("docs", "show", "two.md")
    write(tmp_path, {"one.md": "One and a half."})
    ran = shell.run("ingest", "one.md", "two.md", cwd=tmp_path)
    assert ran.stderr.splitlines()[-2:] == [
        "replaced one.md",
        "2 of 2 documents indexed, 1 replaced, 1 unchanged",
    ]
    assert shell.json("docs", "show", "two.md") == before
    (tmp_path / "two.md.metadata.json").unlink()
    report = shell.json("ingest", "one.md", "two.md", cwd=tmp_path)
    assert [document["change"] for document in report["documents"]] == ["unchanged", "replaced"]
    assert (report["indexed"], report["replaced"], report["unchanged"]) == (2, 1, 1)
    [passage] = [p for p in shell.json("search", "Two.")["passages"] if p["document"] == "two.md"]
    assert passage["metadata"] == {}


def test_docs_rm_removes_the_documents_that_match_a_pattern(shell: Shell, tmp_path: Path) -> None:
    files = ("rm/a.md", "rm/deep/b.md", "rm/c.txt", "rm/[ab].md")
    write(tmp_path, {name: f"This is {name}." for name in files})
    shell.run("ingest", "rm", cwd=tmp_path)
    assert "No document's name matches" in shell.run("docs", "rm", "rm/*.pdf", code=1).stderr
    shell.run("docs", "rm", "rm/[ab].md")  # a document of that very name goes before a pattern
    left = [item["name"] for item in shell.json("docs", "ls")["items"] if "rm/" in item["name"]]
    assert left == ["rm/a.md", "rm/c.txt", "rm/deep/b.md"]
    removed = shell.json("docs", "rm", "rm/*.md", "rm/c.txt")["items"]
    assert [item["name"] for item in removed] == ["rm/a.md", "rm/deep/b.md", "rm/c.txt"]
    assert not [item for item in shell.json("docs", "ls")["items"] if "rm/" in item["name"]]


def test_docs_are_listed_shown_and_removed(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("The mill was sold in 1902.")
    shell.run("ingest", str(tmp_path / "gone.md"))
    assert "gone.md" in [item["name"] for item in shell.json("docs", "ls")["items"]]
    assert shell.json("docs", "show", "gone.md")["status"] == "INDEXED"
    [line] = [line for line in shell.run("docs", "ls").stdout.splitlines() if "gone.md" in line]
    assert line.split() == ["gone.md", "26", "B", "INDEXED"]
    assert "no search finds it" in shell.run("docs", "rm", "gone.md").stdout
    assert "gone.md" not in shell.run("docs", "ls").stdout
    missing = shell.run("docs", "show", "gone.md", code=1)
    assert "There is no document" in missing.stderr


def test_search_explains(shell: Shell) -> None:
    results = shell.json("search", "beekeeper hives", "--explain")
    [passage] = [p for p in results["passages"] if p["document"] == "notes.md"]
    assert passage["explanation"]["words"] == ["beekeeper", "hives"]
    assert (
        "shared words: beekeeper, hives"
        in shell.run("search", "beekeeper hives", "--explain").stdout
    )


def test_env_points_a_shell_at_the_stand_in(shell: Shell) -> None:
    script = (
        f'eval "$({OUTCROP} env)" && {sys.executable} -c "import boto3; '
        "print(boto3.client('s3').list_buckets()['Buckets'][0]['Name'])\""
    )
    misled = environment({"OUTCROP_HOME": str(shell.home), "AWS_PROFILE": "production"})
    ran = subprocess.run(script, shell=True, env=misled, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "outcrop-conversations"


def test_a_refusal_is_a_sentence_and_an_exit_code(shell: Shell) -> None:
    ran = shell.run("ask", "x", "--model", "nope", code=1)
    assert "not a text model that Outcrop knows" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert shell.run("ask", code=2).stdout == ""
    assert "does not exist" in shell.run("ingest", "/nowhere/at/all", code=2).stderr


def test_doctor_finds_the_running_application_ready(shell: Shell) -> None:
    findings = {f["check"]: f for f in shell.json("doctor")["findings"]}
    assert findings["The application"]["found"].startswith("ready on ")


def test_a_second_up_is_refused(shell: Shell) -> None:
    assert "is being served already" in shell.run("up", code=1).stderr
