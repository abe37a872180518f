"""instructor: a forced tool through Converse, and through Anthropic's SDK."""

import boto3
import instructor
from anthropic import AnthropicBedrock
from checks import CLAUDE, PERSON, check, expect, run
from pydantic import BaseModel


class Person(BaseModel):
    """A person of whom the text tells."""

    name: str
    age: int


MARIA = {"name": "Maria Lopez", "age": 34}


@check
def structured_output() -> None:
    client = instructor.from_bedrock(boto3.client("bedrock-runtime"))
    person = client.chat.completions.create(
        modelId=CLAUDE,
        messages=[{"role": "user", "content": [{"text": PERSON}]}],
        response_model=Person,
        max_retries=1,
    )
    expect(person.model_dump() == MARIA, person)


@check
def structured_output_through_anthropic() -> None:
    client = instructor.from_anthropic(AnthropicBedrock())
    person = client.chat.completions.create(
        model=CLAUDE,
        max_tokens=300,
        messages=[{"role": "user", "content": PERSON}],
        response_model=Person,
        max_retries=1,
    )
    expect(person.model_dump() == MARIA, person)


run()
