"""What a question wants done: its opposite, a special case and half of the steps are no answers."""

import pytest

from app.local.engine.writer import Prompt, Sampling, Turn, Writer
from app.local.engine.writer.question.acts import acts_in, agreement, wanted_acts

SAFE = """\
## Lock a vault

You can lock a vault with a secret:

```python
vault.seal("secret", level=3)
```

## Unlock a vault

You can unlock a vault with its secret:

```python
vault.unseal("secret")
```

## Checks at the door

Each visitor is checked by default:

```python
door.admit(visitor)
```

You can skip that and admit everybody:

```python
door.admit(visitor, checked=False)
```

## Other vaults

You can count the coins of a foreign vault with the following code:

```python
foreign.count(vault, coins=True)
```

## Count coins

Coins are counted in one go:

```python
vault.count()
```

## Pumps

| it happens | what one sees |
| --- | --- |
| the pump is too old | the pump does not start, and says so |

`outcrop pump` runs the pump until it is told to end.

## Set it up

Fetch the parts of the lift:

```sh
lift fetch parts
```

Then start the lift:

```sh
lift start
```
"""


def answered(writer: Writer, question: str) -> str:
    message = f'<passages>\n<passage n="1" document="safe.md">\n{SAFE}\n</passage>\n</passages>'
    prompt = Prompt(
        (Turn("user", f"{message}\n<question>{question}</question>"),),
        "Answer from the numbered passages and cite them, like [1]. If they do not answer the "
        "question, reply with exactly: The documents do not say.",
    )
    return "".join(writer.generate(prompt, Sampling(temperature=0.0)))


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("How do I lock a vault?", "vault.seal(", "vault.unseal("),
        ("How do I unlock a vault?", "vault.unseal(", "vault.seal("),
        ("How do I open a vault that is locked?", "vault.unseal(", "vault.seal("),
        ("How do I turn off the checks at the door?", "checked=False", "admit(visitor)\n"),
        ("How do I count the coins of a vault?", "vault.count()", "foreign"),
    ],
)
def test_code_that_does_what_is_wanted_answers(
    writer: Writer, question: str, holds: str, lacks: str
) -> None:
    answer = answered(writer, question)
    assert holds in answer
    assert lacks not in answer


def test_a_command_in_a_sentence_answers(writer: Writer) -> None:
    answer = answered(writer, "How do I start the pump?")
    assert "`outcrop pump` runs the pump until it is told to end [1]." in answer


def test_the_next_step_is_said_with_the_one_before(writer: Writer) -> None:
    answer = answered(writer, "How do I fetch the parts of the lift?")
    assert "```sh\nlift fetch parts\n```" in answer
    assert "Then start the lift [1]:\n\n```sh\nlift start\n```" in answer


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How do I switch the warnings off?", "disable"),
        ("How can I use an encrypted file?", "decrypt"),
        ("How do I put a password on a PDF?", "encrypt"),
        ("How do I delete a compressed file?", "delete"),
        ("How do I detect the encoding of a file?", ""),
        ("How do I encrypt and decrypt a file?", ""),
        ("How do I reach OpenSearch?", ""),
    ],
)
def test_a_question_wants_acts(question: str, words: str) -> None:
    assert wanted_acts(question) == acts_in(words)


@pytest.mark.parametrize(
    ("own", "heading", "code", "worth"),
    [
        ("You can disable it:", "Enabling it", "", 1.0),
        ("You can enable it:", "Disabling it", "", -1.0),
        ("Like this:", "Disabling it", "", 0.5),
        ("Like this:", "Enabling and disabling it", "get()", 0.0),
        ("Like this:", "It", "get(check=False)", 0.5),
        ("Like this:", "It", "get --no-check", 0.5),
        ("Like this:", "It", "get(check=True)", -0.5),
        ("Like this:", "It", "import skip\nget()", 0.0),
        ("It is not disabled:", "It", "get()", 0.0),
    ],
)
def test_a_text_does_what_is_wanted_or_its_opposite(
    own: str, heading: str, code: str, worth: float
) -> None:
    assert agreement(wanted_acts("How do I turn it off?"), own, heading, code) == worth
