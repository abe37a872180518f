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


USAGES = """\
<passage n="1" document="commands.md">
## quartz

```text
Usage: quartz [OPTIONS] COMMAND

  Cited answers about your own documents.

Options:
  --install-completion  Install completion for the current shell.
```

## quartz push

```text
Usage: quartz push [OPTIONS]

  Make the stack, or update it.

Options:
  --yes  Go on without asking.
```
</passage>
<passage n="2" document="operate.md">
A stack is protected, so that no update can delete it. To destroy such a stack:

```console
$ aws cloudformation update-termination-protection --stack-name Quartz
$ quartz destroy
```
</passage>
<passage n="3" document="README.md">
# Quartz

## Install

```
make demo
```
</passage>"""


@pytest.mark.parametrize(
    ("question", "words", "not_words"),
    [
        ("How do I install Quartz?", "make demo", "--install-completion"),
        ("How do I update a stack?", "Usage: quartz push", "quartz destroy"),
        ("How do I destroy a stack?", "quartz destroy", "Usage: quartz push"),
    ],
)
def test_the_usage_of_another_command_and_what_undoes_are_no_answers(
    writer: Writer, question: str, words: str, not_words: str
) -> None:
    message = f"{USAGES}\n<question>{question}</question>"
    answer = "".join(writer.generate(Prompt((Turn("user", message),)), Sampling()))
    assert words in answer
    assert not_words not in answer
