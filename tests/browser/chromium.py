"""A real Chromium, without a window: it shows a page, and the page says what it could do.

No library drives it: a page of ours posts its own report to the server that it came from, and
`--dump-dom` prints what an address shows.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.http_server import Handler, HttpServer

SECONDS = 60
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Where it is; without one, the test is skipped."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium; on Debian: apt-get install chromium")
    return path


def shown(url: str, *options: str) -> str:
    """The document that an address shows, once it has loaded; as if a person had typed it."""
    with _started(url, "--dump-dom", *options) as process:
        return process.communicate(timeout=SECONDS)[0]


@contextmanager
def _started(url: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [chromium(), "--headless", "--disable-gpu", "--no-first-run"]
        command += ["--no-proxy-server", "--disable-background-networking"]
        command += [f"--user-data-dir={profile}", *options, url]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # which root cannot have
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()


class Site(HttpServer):
    """A web site on a port of its own, with one page."""

    def __init__(self) -> None:
        self._reports: Queue[Any] = Queue()
        self._page = ""
        site = self

        class Answering(Handler):
            def do_GET(self) -> None:
                _answer(self, site._page if self.path == "/" else "")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site._reports.put(json.loads(body))
                _answer(self, "")

        super().__init__(Answering)

    def visited(self, script: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the page reports as `tried` to a browser that goes there, once its script is done.

        The script has `values`, and may await.
        """
        self._page = PAGE.replace("VALUES", json.dumps(values)).replace("SCRIPT", script)
        with _started(f"{self.url}/"):
            report: dict[str, Any] = self._reports.get(timeout=SECONDS)
        return report


def _answer(request: BaseHTTPRequestHandler, page: str) -> None:
    body = page.encode()
    request.send_response(200)
    request.send_header("Content-Type", "text/html; charset=utf-8")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


PAGE = """<!doctype html><title>A page</title><body><script>
const values = VALUES, tried = {};
async function attempt(name, action) {
  try { tried[name] = await action(); } catch (error) { tried[name] = `refused: ${error}`; }
}
function unasked(url, body, type) {  // without a preflight; the page cannot read the answer
  const options = {method: "POST", mode: "no-cors", body: new Blob([body], {type})};
  return fetch(url, options).then((answer) => answer.type);
}
function submit(url, enctype, fields, file) {  // a form, into a frame
  return new Promise((resolve) => {
    const frame = document.createElement("iframe"), form = document.createElement("form");
    frame.name = `frame-${document.forms.length}`;
    document.body.append(frame, form);
    Object.assign(form, {method: "post", action: url, enctype, target: frame.name});
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      Object.assign(input, {type: "hidden", name, value});
      form.append(input);
    }
    if (file) {
      const input = document.createElement("input"), transfer = new DataTransfer();
      transfer.items.add(new File([file], "file.txt"));
      Object.assign(input, {type: "file", name: "file"});
      input.files = transfer.files;
      form.append(input);
    }
    frame.addEventListener("load", () => resolve("answered"));
    setTimeout(() => resolve("answered"), 3000);  // an answer without a body loads nothing
    form.submit();
  });
}
const report = () => fetch("/report", {method: "POST", body: JSON.stringify(tried)});
(async () => { SCRIPT; await report(); })();
</script>"""
