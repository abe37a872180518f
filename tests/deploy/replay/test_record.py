"""The file in which a home keeps what it knows of a stack."""

import json
from pathlib import Path

from app.deploy.replay.record import Entry, Record
from app.deploy.replay.scope import PhysicalResource

STORED = {
    "Queue": {
        "type": "AWS::SQS::Queue",
        "properties": {"VisibilityTimeout": 60},
        "made": {
            "ref": "https://queue",
            "attributes": {"Arn": "arn:queue"},
            "absent": "",
            "note": "a note",
        },
    },
    "Role": {
        "type": "AWS::Lambda::Function",
        "properties": {},
        "made": {"ref": "role", "attributes": {}, "absent": "no Python", "note": ""},
    },
}
"""As every version has written it."""


def test_a_file_of_an_older_version_is_read_and_written_by_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "stacks" / "Shop.json"
    path.parent.mkdir()
    path.write_text(json.dumps(STORED))
    record = Record(path)
    queue = PhysicalResource("https://queue", {"Arn": "arn:queue"}, note="a note")
    assert record.entries["Queue"] == Entry("AWS::SQS::Queue", {"VisibilityTimeout": 60}, queue)
    assert record.entries["Role"].resource.omission == "no Python"
    record.put("Queue", record.entries["Queue"])
    assert json.loads(path.read_text()) == STORED
