"""One word chooses a guardrail, the same for a stack and for the laptop."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.guardrail_definition import WrongDefinition, read_choice, read_definition

ARN = "arn:aws:bedrock:eu-west-1:111122223333:guardrail/ab12cd34ef56"
EVERY_POLICY = Path(__file__).with_name("every_policy.toml")


def test_without_a_choice_it_is_the_default() -> None:
    choice = read_choice(None)
    assert choice.is_default
    assert choice.definition == read_definition()


def test_a_path_is_a_definition(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(EVERY_POLICY.read_text())
    choice = read_choice("mine.toml", tmp_path)
    assert (choice.name, choice.is_default, choice.guards) == ("mine.toml", False, True)
    assert choice.definition == read_definition(EVERY_POLICY)
    assert read_choice(str(tmp_path / "mine.toml")).definition == choice.definition


def test_an_id_or_an_arn_with_a_version_exists() -> None:
    by_id = read_choice("ab12cd34ef56:3").existing
    by_arn = read_choice(f"{ARN}:12").existing
    assert by_id
    assert by_arn
    assert (by_id.identifier, by_id.version) == ("ab12cd34ef56", "3")
    assert (by_arn.identifier, by_arn.id, by_arn.version) == (ARN, "ab12cd34ef56", "12")


def test_none_judges_nothing() -> None:
    assert not read_choice("none").guards


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("ab12cd34ef56", "ab12cd34ef56 is no choice of a guardrail: it has to be the path of a de"),
        (ARN, "it has to be the path of a definition (a .toml file), ID:VERSION or ARN:VERSION"),
        ("ab12cd34ef56:DRAFT", "a draft changes under the application; name a version by its num"),
        (f"{ARN}:DRAFT", "a draft changes under the application"),
        ("ab12cd34ef56:0", "is no choice of a guardrail"),
        ("", " is no choice of a guardrail"),
        ("None", "None is no choice of a guardrail"),
        ("rules.json", "rules.json is no choice of a guardrail"),
        ("nowhere.toml", "definition nowhere.toml cannot be read: No such file or directory"),
    ],
)
def test_another_word_is_refused(value: str, says: str) -> None:
    with pytest.raises(WrongDefinition) as refused:
        read_choice(value, Path())
    assert says in refused.value.detail


def test_the_definition_is_read_without_boto3() -> None:
    program = (
        "import sys, app.guardrail_definition as one; one.read_choice(None); "
        "print([name for name in sys.modules if name in ('boto3', 'botocore', 'aws_cdk')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
