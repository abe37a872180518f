"""What `outcrop opensearch` runs, and what it says where it cannot."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from app.deploy.opensearch import answers, artifacts, java
from app.deploy.opensearch.distribution import Distribution, check, install
from app.deploy.opensearch.nodes import await_green, start
from app.errors import OperatorError
from app.settings import environment, opensearch_folder
from tests.opensearch.node import free_ports, fresh_folder

OUTCROP = Path(sys.executable).with_name("outcrop")


def get(url: str, path: str) -> Any:
    with urllib.request.urlopen(f"{url}{path}", timeout=30) as response:
        return json.load(response)


def test_a_node_is_green_with_what_a_knowledge_base_needs(opensearch: str) -> None:
    health = get(opensearch, "/_cluster/health")
    assert (health["status"], health["number_of_nodes"]) == ("green", 1)
    assert get(opensearch, "/")["version"]["number"] == artifacts.VERSION
    plugins = {each["component"] for each in get(opensearch, "/_cat/plugins?format=json")}
    assert "opensearch-knn" in plugins
    assert answers(opensearch)


def test_a_node_listens_on_the_loopback_interface_alone(opensearch: str) -> None:
    [node] = get(opensearch, "/_nodes/http,transport")["nodes"].values()
    addresses = [*node["http"]["bound_address"], *node["transport"]["bound_address"]]
    assert addresses
    assert all(address.startswith("127.0.0.1:") for address in addresses)


def test_a_node_does_not_run_as_root(opensearch: str) -> None:
    [node] = get(opensearch, "/_nodes/process")["nodes"].values()
    status = Path(f"/proc/{node['process']['id']}/status").read_text()
    [uids] = [line for line in status.splitlines() if line.startswith("Uid:")]
    assert "0" not in uids.split()


def test_the_command_refuses_a_port_where_one_answers(opensearch: str) -> None:
    port = opensearch.rpartition(":")[2]
    ran = run("opensearch", "--port", port)
    assert ran.returncode == 1
    assert f"answers at port {port} already" in ran.stderr


def test_the_command_refuses_a_cluster_of_two() -> None:
    ran = run("opensearch", "--nodes", "2")
    assert ran.returncode == 2
    assert "two nodes elect no manager when one dies" in ran.stderr


def run(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [OUTCROP, *words], env=environment(changes), capture_output=True, text=True, check=False
    )


def test_without_maven_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperatorError, match=r"there is no `mvn` on the PATH.*apt install maven"):
        install(tmp_path / "opensearch")
    assert list((tmp_path / "opensearch").iterdir()) == []


def test_without_a_java_it_says_which_ones_it_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "java-25" / "bin" / "java"
    newer.parent.mkdir(parents=True)
    newer.write_text("#!/bin/sh\necho 'openjdk version \"25.0.1\" 2025-10-21' >&2\n")
    newer.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java-25"))
    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(tmp_path / "nothing"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(java, "_PLACES", str(tmp_path / "jvm"))
    with pytest.raises(OperatorError, match=r"Java 25 in .*java-25 is not one.*apt install"):
        java.java_home()
    (tmp_path / "jvm").mkdir()
    older = tmp_path / "jvm" / "java-17"
    (older / "bin").mkdir(parents=True)
    (older / "bin" / "java").write_text(newer.read_text().replace("25.0.1", "17.0.15"))
    (older / "bin" / "java").chmod(0o755)
    assert java.java_home() == older


def test_a_file_that_is_not_the_published_one_is_named(tmp_path: Path) -> None:
    (tmp_path / artifacts.KNN.file).write_bytes(b"something else")
    with pytest.raises(OperatorError, match=r"opensearch-knn-2.19.1.0.zip is not the published"):
        check(tmp_path, [artifacts.KNN])


def test_the_project_names_every_artifact_and_nothing_that_they_depend_on() -> None:
    project = ElementTree.fromstring(artifacts.project())
    dependencies = project.findall("dependencies/dependency")
    assert [each.findtext("artifactId") for each in dependencies] == [
        artifact.name for artifact in artifacts.ARTIFACTS
    ]
    assert all(each.findtext("exclusions/exclusion/groupId") == "*" for each in dependencies)


def test_a_failed_fetch_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maven = tmp_path / "bin" / "mvn"
    maven.parent.mkdir()
    maven.write_text("#!/bin/sh\necho '[ERROR] Could not resolve dependencies'\nexit 1\n")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{maven.parent}:/usr/bin:/bin")
    with pytest.raises(OperatorError, match=r"could not fetch OpenSearch: .*Could not resolve"):
        install(tmp_path / "opensearch")
    assert list((tmp_path / "opensearch").iterdir()) == []


def test_an_end_before_it_is_green_is_reported_with_the_log(opensearch: str) -> None:
    assert opensearch
    with fresh_folder() as folder:
        files = Distribution(folder / "files")
        (files.path / "bin").mkdir(parents=True)
        (files.path / "config").mkdir()
        for name in ("jvm.options", "log4j2.properties"):
            (files.path / "config" / name).write_text("")
        program = files.path / "bin" / "opensearch"
        program.write_text("#!/bin/sh\necho 'the disk is on fire'\nexit 3\n")
        program.chmod(0o755)
        node = start(files, folder / "node", folder, {}, free_ports(1))
        with pytest.raises(OperatorError, match="did not start: the disk is on fire"):
            await_green(node)


def test_the_distribution_is_checked_once_and_shared(opensearch: str) -> None:
    assert opensearch
    path = opensearch_folder() / artifacts.VERSION
    assert install(opensearch_folder()).path == path
    assert (path / "modules" / "lang-painless" / "plugin-security.policy").exists()
