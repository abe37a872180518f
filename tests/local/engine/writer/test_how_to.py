"""How-to questions: the command that does it, and not what may go wrong, nor what comes before."""

import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer

STORES = """\
<passage n="1" document="opensearch.md">
## When it fails

| what is wrong | what happens |
| --- | --- |
| it is older than 2.9, or no OpenSearch | the server does not start, and says so |
| it refuses a chunk | the document has failed, with OpenSearch's reason |
</passage>
<passage n="2" document="opensearch.md">
## A node on this machine

`make opensearch` (or `quartz opensearch`) runs OpenSearch 2.19 until Ctrl-C, and prints where it
listens.
</passage>
<passage n="3" document="deploy.md">
```console
$ cdk bootstrap aws://111122223333/us-east-1
```

## Deploy

```console
$ quartz deploy
```

The command checks the account again, and stops if something is wrong.
</passage>"""


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("How do I start a real OpenSearch?", "`make opensearch` (or `quartz opensearch`) runs"),
        ("How do I deploy to AWS?", "Deploy:\n\n```console\n$ quartz deploy\n```"),
    ],
)
def test_the_command_that_does_it_is_said_first(writer: Writer, question: str, begins: str) -> None:
    message = f"{STORES}\n<question>{question}</question>"
    answer = "".join(writer.generate(Prompt((Turn("user", message),)), Sampling()))
    assert answer.startswith(begins)
