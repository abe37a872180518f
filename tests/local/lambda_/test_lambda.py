"""Lambda's functions, in processes of their own, through boto3."""

import base64
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from math import ceil
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from app.local.lambda_.runtime import Functions, runner
from app.local.sqs.broker import Queues
from app.local.wire import application
from tests.local.home import Home, home
from tests.local.s3.putting import scratch

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ROOT = Path(__file__).parents[3]
ROLE = "arn:aws:iam::000000000000:role/any"
Make = Callable[..., str]
_numbers = count(1)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Home]:
    with scratch() as folder, home(folder) as running:
        yield running


@pytest.fixture
def client(stand_in: Home) -> "LambdaClient":
    return stand_in.lambda_


@pytest.fixture
def make(client: "LambdaClient", request: pytest.FixtureRequest) -> Make:
    """`make(code)` creates a function, its handler `main.handler`, and gives its name."""

    def create(code: str, handler: str = "main.handler", **more: Any) -> str:
        name = f"{request.node.name.split('[')[0].removeprefix('test_')[:60]}-{next(_numbers)}"
        client.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=ROLE,
            Handler=handler,
            Code={"ZipFile": archive({"main.py": dedent(code)})},
            **more,
        )
        return name

    return create


def archive(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return packed.getvalue()


def invoke(client: "LambdaClient", name: str, payload: Any = None, **more: Any) -> tuple[Any, Any]:
    """What the function said, and whether it was an error."""
    answer = client.invoke(FunctionName=name, Payload=json.dumps(payload), **more)
    return json.loads(answer["Payload"].read()), answer.get("FunctionError")


ECHO = "def handler(event, context): return event"


def test_a_function_gets_its_event_and_its_context(client: "LambdaClient", make: Make) -> None:
    name = make(
        """
        def handler(event, context):
            return {
                "event": event,
                "left": context.get_remaining_time_in_millis(),
                "name": context.function_name,
                "arn": context.invoked_function_arn,
                "memory": context.memory_limit_in_mb,
                "id": context.aws_request_id,
                "client": context.client_context and context.client_context.custom,
            }
        """,
        Timeout=7,
        MemorySize=256,
    )
    custom = base64.b64encode(b'{"custom": {"a": "b"}}').decode()
    result, error = invoke(client, name, {"ü": [1, None]}, ClientContext=custom)
    assert error is None
    assert result["event"] == {"ü": [1, None]}
    assert 5000 < result["left"] <= 7000
    assert (result["name"], result["memory"], result["client"]) == (name, "256", {"a": "b"})
    assert result["arn"] == f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    assert len(result["id"]) == 36


def test_the_environment_is_exactly_what_it_should_be(
    client: "LambdaClient", make: Make, monkeypatch: pytest.MonkeyPatch, stand_in: Home
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_PARENT", "x")
    code = "import os\ndef handler(event, context): return [dict(os.environ), os.getcwd()]"
    name = make(code, Environment={"Variables": {"MINE": "1"}})
    (variables, folder), _ = invoke(client, name)
    assert variables["MINE"] == "1"
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert variables["AWS_ENDPOINT_URL"] == stand_in.server.url
    assert variables["LAMBDA_TASK_ROOT"] == folder
    others = {
        "LANG",
        "LAMBDA_TASK_ROOT",
        "LC_CTYPE",
        "MINE",
        "PATH",
        "PYTHONPATH",
        "TZ",
        "_HANDLER",
    }
    assert {one for one in variables if not one.startswith("AWS_")} <= others


def test_boto3_in_a_function_reaches_the_stand_in(
    client: "LambdaClient", make: Make, stand_in: Home
) -> None:
    stand_in.s3.create_bucket(Bucket="from-a-function")
    name = make(
        """
        import boto3
        s3 = boto3.client("s3")
        def handler(event, context):
            s3.put_object(Bucket="from-a-function", Key="a", Body=b"x")
        """,
        Timeout=20,
    )
    assert invoke(client, name) == (None, None)
    assert stand_in.buckets.head("from-a-function", "a").size == 1


def test_a_process_is_kept_warm_and_ends_when_the_function_changes(
    client: "LambdaClient", make: Make
) -> None:
    name = make("import os\ndef handler(event, context): return os.getpid()")
    first, again = invoke(client, name), invoke(client, name)
    assert first == again
    changed = archive({"main.py": "def handler(event, context): return 'changed'"})
    client.update_function_code(FunctionName=name, ZipFile=changed)
    assert invoke(client, name) == ("changed", None)
    with pytest.raises(ProcessLookupError):
        os.kill(first[0], 0)


def test_several_at_once_have_processes_of_their_own(client: "LambdaClient", make: Make) -> None:
    name = make(
        "import os, time\ndef handler(event, context):\n time.sleep(.2)\n return os.getpid()"
    )
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: invoke(client, name)[0], range(3)))
    assert len(set(results)) == 3


def test_functions_that_run_hold_no_thread_of_other_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "THREADS", 1)
    code = """
        import time
        from pathlib import Path
        def handler(event, context):
            with open(event, "a") as file:
                file.write("begun\\n")
            while not Path(event + "-go-on").exists():
                time.sleep(0.01)
    """
    begun = tmp_path / "begun"
    with home(tmp_path / "home") as one, ThreadPoolExecutor(2) as pool:
        one.lambda_.create_function(
            FunctionName="f", Runtime="python3.12", Role=ROLE, Handler="main.handler",
            Code={"ZipFile": archive({"main.py": dedent(code)})}, Timeout=60,
        )  # fmt: skip
        calls = [pool.submit(invoke, one.lambda_, "f", str(begun)) for _ in range(2)]
        lines_of(begun, 2)
        assert one.sqs.create_queue(QueueName="q")["QueueUrl"]
        Path(f"{begun}-go-on").touch()
        assert [call.result() for call in calls] == [(None, None)] * 2


def test_all_functions_together_have_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "MOST_IN_ALL", 0)
    with home(tmp_path) as one:
        one.lambda_.create_function(
            FunctionName="f", Runtime="python3.12", Role=ROLE, Handler="main.handler",
            Code={"ZipFile": archive({"main.py": ECHO})},
        )  # fmt: skip
        with pytest.raises(ClientError, match="Rate Exceeded") as caught:
            invoke(one.lambda_, "f")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_an_exception_is_the_answer(client: "LambdaClient", make: Make) -> None:
    name = make("def handler(event, context):\n    raise ValueError('no ' + event['what'])")
    result, error = invoke(client, name, {"what": "luck"})
    assert error == "Unhandled"
    assert (result["errorType"], result["errorMessage"]) == ("ValueError", "no luck")
    [frame] = result["stackTrace"]
    assert "in handler" in frame
    assert "raise ValueError" in frame
    assert invoke(client, name, {})[0]["errorType"] == "KeyError"


@pytest.mark.parametrize(
    ("code", "handler", "kind", "message"),
    [
        ("", "main.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module"),
        ("", "other.handler", "Runtime.ImportModuleError", "Unable to import module 'other': No"),
        ("import nothing", "main.handler", "Runtime.ImportModuleError", "No module named"),
        ("def", "main.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'main'"),
        ("1 / 0", "main.handler", "ZeroDivisionError", "division by zero"),
        ("", "handler", "Runtime.MalformedHandlerName", "Bad handler 'handler'"),
        ("def handler(e, c): return {1}", "main.handler", "Runtime.MarshalError", "set is not"),
        ("def handler(e, c): return 'x' * 7_000_000", "main.handler",
         "Function.ResponseSizeTooLarge", "6291556"),
    ],
    ids=str,
)  # fmt: skip
def test_errors_in_lambdas_words(
    client: "LambdaClient", make: Make, code: str, handler: str, kind: str, message: str
) -> None:
    result, error = invoke(client, make(code, handler))
    assert (error, result["errorType"]) == ("Unhandled", kind)
    assert message in result["errorMessage"]


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("import os\ndef handler(e, c): os._exit(3)", "Runtime exited with error: exit status 3"),
        ("import sys\ndef handler(e, c): sys.exit()", "Runtime exited without providing a reason"),
        ("import os\ndef handler(e, c): os.kill(os.getpid(), 9)",
         "Runtime exited with error: signal: killed"),
    ],
    ids=["exit", "sys.exit", "killed"],
)  # fmt: skip
def test_a_process_that_ends_is_started_again(
    client: "LambdaClient", make: Make, code: str, how: str
) -> None:
    name = make(code)
    for _ in range(2):
        result, error = invoke(client, name)
        assert (error, result["errorType"]) == ("Unhandled", "Runtime.ExitError")
        assert result["errorMessage"].endswith(f"Error: {how}")


def test_a_function_is_killed_at_its_timeout_with_all_that_it_has_started(
    client: "LambdaClient", make: Make, tmp_path: Path
) -> None:
    name = make(
        """
        import subprocess, time
        def handler(event, context):
            if event:
                child = subprocess.Popen(["sleep", "1000"])
                open(event, "w").write(str(child.pid))
                time.sleep(1000)
        """,
        Timeout=1,
    )
    result, error = invoke(client, name, str(tmp_path / "pid"))
    assert error == "Unhandled"
    assert result["errorType"] == "Sandbox.Timedout"
    assert result["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    wait_until_gone(int((tmp_path / "pid").read_text()))
    assert invoke(client, name) == (None, None)


def wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + 10
    while is_running(process):
        assert time.monotonic() < deadline, f"{process} is still there"
        time.sleep(0.01)


def is_running(process: int) -> bool:
    """A zombie is not: whoever inherits it may take his time."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_functions_output_is_in_its_log_and_its_end_in_the_response(
    client: "LambdaClient", make: Make, stand_in: Home
) -> None:
    name = make(
        """
        import sys
        print("loaded")
        def handler(event, context):
            print("to stdout")
            print("to stderr", file=sys.stderr)
            print("x" * (event or 0))
        """
    )
    answer = client.invoke(FunctionName=name, LogType="Tail", Payload="null")
    tail = base64.b64decode(answer["LogResult"]).decode()
    first_words = [line.split(" ")[0] for line in tail.splitlines()]
    assert first_words == ["START", "to", "to", "", "END", "REPORT"]
    assert "to stdout\nto stderr\n" in tail
    log = stand_in.folder / "functions" / "logs" / f"{name}.log"
    assert log.read_text().startswith("loaded\nSTART RequestId: ")
    for _ in range(3):
        invoke(client, name, 500_000)
    assert sum(path.stat().st_size for path in log.parent.glob(f"{name}.log*")) < 2_200_000


REPORT = re.compile(
    r"^REPORT RequestId: (?P<id>[\w-]{36})\tDuration: (?P<run>\d+\.\d\d) ms\tBilled Duration: "
    r"(?P<billed>\d+) ms\tMemory Size: (?P<size>\d+) MB\tMax Memory Used: (?P<used>\d+) MB"
    r"(\tInit Duration: (?P<init>\d+\.\d\d) ms)?(\tStatus: (?P<status>.*))?$",
    re.MULTILINE,
)


def reports(client: "LambdaClient", name: str, *events: object) -> Iterator[re.Match[str]]:
    for event in events:
        answer = client.invoke(FunctionName=name, LogType="Tail", Payload=json.dumps(event))
        tail = base64.b64decode(answer["LogResult"]).decode()
        report = REPORT.search(tail)
        assert report, tail
        assert report["id"] == answer["ResponseMetadata"]["RequestId"]
        yield report


def test_the_report_line_of_an_invocation_has_lambdas_members(
    client: "LambdaClient", make: Make
) -> None:
    name = make(
        """
        import os, time
        time.sleep(0.2)
        held = []
        def handler(event, context):
            held.append(b"x" * (event["megabytes"] * 2**20))
            time.sleep(event.get("seconds", 0))
            if "status" in event:
                os._exit(event["status"])
        """,
        MemorySize=512,
        Timeout=1,
    )
    events = ({"megabytes": 1}, {"megabytes": 60, "seconds": 0.1})
    cold, warm = reports(client, name, *events)
    assert float(cold["init"]) >= 200
    assert int(cold["billed"]) == ceil(float(cold["run"]) + float(cold["init"]))
    assert (warm["init"], warm["status"]) == (None, None)
    assert float(warm["run"]) >= 100
    assert int(warm["billed"]) == ceil(float(warm["run"]))
    assert cold["size"] == warm["size"] == "512"
    assert 0 < int(cold["used"]) < 100
    assert int(warm["used"]) >= int(cold["used"]) + 55
    gone, late = reports(
        client, name, {"megabytes": 0, "status": 3}, {"megabytes": 0, "seconds": 9}
    )
    assert gone["status"] == "error\tError Type: Runtime.ExitError"
    assert late["status"] == "timeout"
    assert float(late["run"]) >= 1000


def test_the_report_of_a_function_that_cannot_be_loaded(client: "LambdaClient", make: Make) -> None:
    (report,) = reports(client, make("import no_such_module"), {})
    assert report["status"] == "error\tError Type: Runtime.ImportModuleError"
    assert report["run"] == "0.00"
    assert float(report["init"]) > 0


def test_calls_for_a_missing_function_or_version_are_refused(
    client: "LambdaClient", make: Make
) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName="nothing")
    name = make(ECHO)
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="LATEST"):
        client.invoke(FunctionName=name, Qualifier="7")
    with pytest.raises(client.exceptions.ResourceConflictException):
        client.create_function(
            FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="a.b",
            Code={"ZipFile": archive({"a.py": ""})},
        )  # fmt: skip
    with pytest.raises(client.exceptions.InvalidRequestContentException):
        client.invoke(FunctionName=name, Payload=b"{")
    arn = client.get_function_configuration(FunctionName=name)["FunctionArn"]
    for other in (arn, f"{arn}:$LATEST", f"000000000000:function:{name}"):
        assert invoke(client, other, 1) == (1, None)
    assert client.invoke(FunctionName=name, InvocationType="DryRun")["StatusCode"] == 204


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Runtime": "nodejs22.x"}, "nodejs22.x"),
        ({"PackageType": "Image"}, "images"),
        ({"Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:a:1"]}, "Layers"),
        ({"Publish": True}, "Publish"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "AWS_REGION"),
        ({"Environment": {"Variables": {"LONG": "x" * 5000}}}, "4KB"),
        ({"Code": {"ZipFile": b"no zip"}}, "unzip"),
        ({"Code": {"ZipFile": archive({"../a.py": ""})}}, "outside"),
        ({"Code": {"ZipFile": archive({})}}, "non-empty"),
        ({"Code": {"S3Bucket": "nowhere", "S3Key": "a"}}, "s3://nowhere/a"),
        ({"Code": {"ImageUri": "x"}}, "ImageUri"),
        ({"Code": {}}, "source for function code"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused_by_name(
    client: "LambdaClient", change: dict[str, Any], message: str
) -> None:
    function: dict[str, Any] = {
        "FunctionName": "refused",
        "Runtime": "python3.12",
        "Role": ROLE,
        "Handler": "main.handler",
        "Code": {"ZipFile": archive({"main.py": ECHO})},
    }
    with pytest.raises(client.exceptions.InvalidParameterValueException, match=message):
        client.create_function(**function | change)


def test_a_server_behind_a_web_adapter_is_kept_and_not_run(
    client: "LambdaClient", make: Make
) -> None:
    layer = "arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerArm64:27"
    name = make(
        "",
        handler="run.sh",
        Architectures=["arm64"],
        Layers=[layer],
        Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap"}},
    )
    description = client.get_function_configuration(FunctionName=name)
    assert (description["Architectures"], description["Layers"]) == (["arm64"], [{"Arn": layer}])
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="/opt/bootstrap"):
        client.invoke(FunctionName=name)


def test_a_function_is_shown_changed_and_deleted(
    client: "LambdaClient", make: Make, stand_in: Home
) -> None:
    name = make(
        "import os\ndef handler(event, context): return os.environ.get('MINE')", Tags={"t": "1"}
    )
    description = client.get_function(FunctionName=name)
    assert description["Tags"] == {"t": "1"}
    assert description["Configuration"]["State"] == "Active"
    assert description["Configuration"]["Timeout"] == 3
    client.get_waiter("function_active_v2").wait(FunctionName=name)
    assert invoke(client, name) == (None, None)
    changed = client.update_function_configuration(
        FunctionName=name, Timeout=9, Environment={"Variables": {"MINE": "1"}}
    )
    assert (changed["Timeout"], changed["Environment"]["Variables"]) == (9, {"MINE": "1"})
    assert invoke(client, name) == ("1", None)
    with pytest.raises(client.exceptions.PreconditionFailedException):
        client.update_function_configuration(FunctionName=name, RevisionId="old", Timeout=1)
    stand_in.s3.create_bucket(Bucket="code")
    stand_in.s3.put_object(Bucket="code", Key="a.zip", Body=archive({"main.py": ECHO}))
    dry = client.update_function_code(
        FunctionName=name, S3Bucket="code", S3Key="a.zip", DryRun=True
    )
    assert dry["CodeSha256"] == description["Configuration"]["CodeSha256"]
    client.update_function_code(FunctionName=name, S3Bucket="code", S3Key="a.zip")
    assert invoke(client, name, "echo") == ("echo", None)
    names = [
        one["FunctionName"]
        for page in client.get_paginator("list_functions").paginate(
            PaginationConfig={"PageSize": 2}
        )
        for one in page["Functions"]
    ]
    assert name in names
    assert names == sorted(set(names))
    client.delete_function(FunctionName=name)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function(FunctionName=name)


def test_permissions_are_kept_and_shown(client: "LambdaClient", make: Make) -> None:
    name = make(ECHO)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_policy(FunctionName=name)
    permission: dict[str, Any] = {
        "FunctionName": name,
        "StatementId": "agent",
        "Action": "lambda:InvokeFunction",
        "Principal": "bedrock.amazonaws.com",
        "SourceArn": "arn:aws:bedrock:us-east-1:000000000000:agent/A",
    }
    client.add_permission(**permission)
    with pytest.raises(client.exceptions.ResourceConflictException):
        client.add_permission(**permission)
    [statement] = json.loads(client.get_policy(FunctionName=name)["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert statement["Condition"] == {"ArnLike": {"AWS:SourceArn": permission["SourceArn"]}}
    client.remove_permission(FunctionName=name, StatementId="agent")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.remove_permission(FunctionName=name, StatementId="agent")


APPEND = """
    import json
    def handler(event, context):
        with open(event["file"], "a") as file:
            file.write(context.aws_request_id + "\\n")
        if event.get("fails", 0) > len(open(event["file"]).readlines()) - 1:
            raise ValueError("again")
"""


def lines_of(path: Path, number: int) -> list[str]:
    """The file's lines, once there are so many."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = path.read_text().splitlines() if path.exists() else []
        if len(lines) >= number:
            return lines
        time.sleep(0.01)
    raise AssertionError(f"{path.name} has fewer than {number} lines")


def test_an_event_is_run_later_and_up_to_three_times(
    client: "LambdaClient", make: Make, tmp_path: Path, stand_in: Home
) -> None:
    name = make(APPEND)
    for file, fails, runs in (("a", 0, 1), ("b", 1, 2), ("c", 9, 3)):
        event = json.dumps({"file": str(tmp_path / file), "fails": fails})
        answer = client.invoke(FunctionName=name, InvocationType="Event", Payload=event)
        assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
        assert len(set(lines_of(tmp_path / file, runs))) == 1  # one request, whatever it takes
    deadline = time.monotonic() + 20
    while any(stand_in.queues.counts("#lambda-events")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stand_in.queues.counts("#lambda-events") == (0, 0, 0)
    assert len(lines_of(tmp_path / "c", 3)) == 3
    assert "QueueUrls" not in stand_in.sqs.list_queues(QueueNamePrefix="#")


def queue_of(stand_in: Home, name: str, attributes: Any = None) -> tuple[str, str]:
    """A queue's URL and ARN."""
    url = stand_in.sqs.create_queue(QueueName=name, Attributes=attributes or {})["QueueUrl"]
    return url, stand_in.queues.arn(name)


def test_a_mapping_gives_a_function_the_messages_of_a_queue(
    client: "LambdaClient", make: Make, stand_in: Home, tmp_path: Path
) -> None:
    url, arn = queue_of(stand_in, "mapped")
    name = make(
        """
        import json
        def handler(event, context):
            for record in event["Records"]:
                with open(record["body"], "a") as file:
                    file.write(json.dumps(record) + "\\n")
        """
    )
    value: Any = {"DataType": "Binary", "BinaryValue": b"\x01"}
    stand_in.sqs.send_message(
        QueueUrl=url, MessageBody=str(tmp_path / "got"), MessageAttributes={"a": value}
    )
    mapping = client.create_event_source_mapping(EventSourceArn=arn, FunctionName=name)
    [line] = lines_of(tmp_path / "got", 1)
    record = json.loads(line)
    assert (record["eventSource"], record["eventSourceARN"]) == ("aws:sqs", arn)
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["messageAttributes"]["a"]["binaryValue"] == "AQ=="
    assert record["messageAttributes"]["a"]["dataType"] == "Binary"
    description = client.get_event_source_mapping(UUID=mapping["UUID"])
    assert (description["State"], description["BatchSize"]) == ("Enabled", 10)
    mappings = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    assert [one["UUID"] for one in mappings] == [mapping["UUID"]]
    with pytest.raises(client.exceptions.ResourceConflictException):
        client.create_event_source_mapping(EventSourceArn=arn, FunctionName=name)
    off = client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    assert off["State"] == "Updating"
    assert client.get_event_source_mapping(UUID=mapping["UUID"])["State"] == "Disabled"
    client.delete_event_source_mapping(UUID=mapping["UUID"])
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_event_source_mapping(UUID=mapping["UUID"])


def test_what_fails_comes_again_and_at_last_is_a_dead_letter(
    client: "LambdaClient", make: Make, stand_in: Home
) -> None:
    """Of a batch, what the function names; without ReportBatchItemFailures, all of it."""
    dead_url, dead = queue_of(stand_in, "dead")
    policy = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": "2"})
    url, arn = queue_of(stand_in, "failing", {"VisibilityTimeout": "1", "RedrivePolicy": policy})
    name = make(
        """
        def handler(event, context):
            bad = [r["messageId"] for r in event["Records"] if r["body"] == "bad"]
            return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}
        """,
        Timeout=1,
    )
    for body in ("good", "bad", "good"):
        stand_in.sqs.send_message(QueueUrl=url, MessageBody=body)
    mapping = client.create_event_source_mapping(
        EventSourceArn=arn, FunctionName=name, FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    [message] = stand_in.sqs.receive_message(
        QueueUrl=dead_url, WaitTimeSeconds=20, MessageSystemAttributeNames=["All"]
    )["Messages"]
    assert message["Body"] == "bad"
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == arn
    assert stand_in.queues.counts("failing") == (0, 0, 0)
    client.delete_event_source_mapping(UUID=mapping["UUID"])


def test_a_function_that_fails_gives_all_messages_back(
    client: "LambdaClient", make: Make, stand_in: Home, tmp_path: Path
) -> None:
    url, arn = queue_of(stand_in, "all-back", {"VisibilityTimeout": "5"})
    name = make(
        """
        def handler(event, context):
            open(event["Records"][0]["body"], "w").write("\\n")
            raise ValueError
        """
    )
    stand_in.sqs.send_message(QueueUrl=url, MessageBody=str(tmp_path / "seen"))
    mapping = client.create_event_source_mapping(EventSourceArn=arn, FunctionName=name)
    lines_of(tmp_path / "seen", 1)
    client.delete_event_source_mapping(UUID=mapping["UUID"])
    assert sum(stand_in.queues.counts("all-back")) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:nowhere"}, "NonExistentQueue"),
        ({"EventSourceArn": "arn:aws:kinesis:us-east-1:000000000000:stream/a"}, "queues of SQS"),
        ({"BatchSize": 11}, "batch window"),
        ({"FilterCriteria": {"Filters": [{"Pattern": "{}"}]}}, "FilterCriteria"),
        ({"StartingPosition": "LATEST"}, "StartingPosition"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_event_source_mapping_that_breaks_a_rule_is_refused(
    client: "LambdaClient", make: Make, stand_in: Home, change: dict[str, Any], message: str
) -> None:
    _, arn = queue_of(stand_in, "unmapped")
    parameters: dict[str, Any] = {"EventSourceArn": arn, "FunctionName": make(ECHO)}
    with pytest.raises(client.exceptions.InvalidParameterValueException, match=message):
        client.create_event_source_mapping(**parameters | change)


def test_a_queue_must_hide_messages_as_long_as_the_function_may_run(
    client: "LambdaClient", make: Make, stand_in: Home
) -> None:
    _, arn = queue_of(stand_in, "short", {"VisibilityTimeout": "5"})
    with pytest.raises(ClientError, match="5 seconds is less than Function timeout: 6 seconds"):
        client.create_event_source_mapping(EventSourceArn=arn, FunctionName=make(ECHO, Timeout=6))


def test_everything_is_there_after_a_restart_and_events_are_not_lost(tmp_path: Path) -> None:
    with home(tmp_path) as first:
        first.lambda_.create_function(
            FunctionName="f", Runtime="python3.12", Role=ROLE, Handler="main.handler",
            Code={"ZipFile": archive({"main.py": dedent(APPEND)})},
        )  # fmt: skip
        first.functions.pollers.stop()
        first.functions.pollers.join()
        event = json.dumps({"file": str(tmp_path / "got")})
        first.lambda_.invoke(FunctionName="f", InvocationType="Event", Payload=event)
    assert not (tmp_path / "got").exists()
    with home(tmp_path):
        assert len(lines_of(tmp_path / "got", 1)) == 1


def test_what_was_in_hand_is_taken_up_at_once_after_a_restart(tmp_path: Path) -> None:
    """And not when the visibility timeout is over, which would be an hour here."""
    code = """
        import time
        def handler(event, context):
            with open(event["Records"][0]["body"], "a") as file:
                print(event["Records"][0]["attributes"]["ApproximateReceiveCount"], file=file)
            if len(open(file.name).readlines()) == 1:
                time.sleep(1000)
    """
    with home(tmp_path) as first:
        url, arn = queue_of(first, "q", {"VisibilityTimeout": "3600"})
        first.lambda_.create_function(
            FunctionName="f", Runtime="python3.12", Role=ROLE, Handler="main.handler",
            Code={"ZipFile": archive({"main.py": dedent(code)})}, Timeout=900,
        )  # fmt: skip
        first.lambda_.create_event_source_mapping(EventSourceArn=arn, FunctionName="f")
        first.sqs.send_message(QueueUrl=url, MessageBody=str(tmp_path / "got"))
        lines_of(tmp_path / "got", 1)
    with home(tmp_path):
        assert lines_of(tmp_path / "got", 2) == ["1", "1"]


PARENT = """
import sys, time
from itertools import count
from math import ceil
from pathlib import Path
from threading import Thread
from app.local.lambda_.runtime import Functions
from app.local.sqs.broker import Queues

home = Path(sys.argv[1])
functions = Functions(home, Queues(home), {})
Thread(target=functions.invoke, args=("f", '"' + sys.argv[2] + '"'), daemon=True).start()
time.sleep(1000)
"""


def test_the_processes_end_with_the_stand_in_even_if_it_is_killed(tmp_path: Path) -> None:
    queues = Queues(tmp_path)
    functions = Functions(tmp_path, queues, {})
    code = """
        import os, subprocess, time
        def handler(event, context):
            child = subprocess.Popen(["sleep", "1000"])
            open(event, "w").write(f"{os.getpid()}\\n{child.pid}\\n")
            while True: pass
    """
    settings = {"Handler": "main.handler", "Timeout": 900, "MemorySize": 128}
    functions.catalogue.add("f", settings, {}, archive({"main.py": dedent(code)}))
    functions.close()
    queues.close()
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), str(tmp_path / "pids")], cwd=ROOT
    ) as parent:
        worker, child = map(int, lines_of(tmp_path / "pids", 2))
        parent.send_signal(signal.SIGKILL)
    wait_until_gone(worker)
    wait_until_gone(child)


def test_closing_does_not_wait_for_what_is_under_way_and_gives_nothing_up(
    tmp_path: Path,
) -> None:
    queues = Queues(tmp_path)
    functions = Functions(tmp_path, queues, {}, retries=())
    functions.start()
    code = """
        import time
        def handler(event, context):
            open(event, "w").write("\\n")
            time.sleep(1000)
    """
    settings = {"Handler": "main.handler", "Timeout": 900, "MemorySize": 128}
    functions.catalogue.add("f", settings, {}, archive({"main.py": dedent(code)}))
    functions.pollers.submit("f", json.dumps(str(tmp_path / "begun")), "id")
    lines_of(tmp_path / "begun", 1)
    functions.close()
    assert sum(queues.counts("#lambda-events")) == 1
    queues.close()
