"""`outcrop guardrail`: check a guardrail's definition; see what a guardrail says of a text."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import screen
from app.cli.application import StackOption
from app.cli.client import Json
from app.cli.options import AsJson
from app.cli.verdict_table import findings, totals
from app.deploy import laptop
from app.errors import OperatorError
from app.guardrail_definition import (
    GuardrailDefinition,
    create_parameters,
    digest,
    read_choice,
    read_definition,
)
from app.settings import LaptopSettings, adopt, read

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

guardrail = typer.Typer(
    help="Check a guardrail's definition, or try a guardrail.", no_args_is_help=True
)

NAME = "outcrop"
SECONDS = 30  # for one call, with all its attempts
TEXT, SOURCE, QUERY = "guard_content", "grounding_source", "query"


@guardrail.command("check")
def check(
    file: Annotated[
        Path | None, typer.Argument(help="The definition; by default OUTCROP_GUARDRAIL's, or ours.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a definition by all of Bedrock's limits, without AWS, and show its rules."""
    definition, name = _definition(file)
    if as_json:
        parameters = create_parameters(definition, NAME)
        screen.show_json({"definition": name, "rules": digest(definition), "create": parameters})
        return
    screen.table(("policy", "rule", "input", "output"), rules(definition))
    screen.out.print(f"\n{name} is right: rules {digest(definition)}.")


@guardrail.command("try")
def attempt(
    text: Annotated[str | None, typer.Argument(help="The text that is judged.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with the text.")] = None,
    output: Annotated[
        bool, typer.Option("--output", help="Judge it as an answer, not as a question.")
    ] = False,
    source: Annotated[
        list[Path] | None,
        typer.Option(help="A file with a passage in which an answer has to be grounded."),
    ] = None,
    query: Annotated[
        str | None, typer.Option(help="The question that an answer has to be relevant to.")
    ] = None,
    stack: StackOption = None,
    as_json: AsJson = False,
) -> None:
    """Show what the guardrail says of a text: each policy, its score, its action."""
    content = _content(text, file)
    blocks = [
        *([_block(_read(path), SOURCE) for path in source or ()]),
        *([_block(query, QUERY)] if query else []),
        _block(content, TEXT),
    ]
    is_output = output or bool(source) or query is not None
    with _guardrail(stack) as (runtime, identifier, version):
        reply = _apply(runtime, identifier, version, blocks, is_output=is_output)
    if as_json:
        screen.show_json({"guardrailId": identifier, "guardrailVersion": version} | reply)
    else:
        show(reply)


def show(reply: Json) -> None:
    """Print ApplyGuardrail's reply: what each policy found, then what becomes of the text."""
    rows = list(findings(reply["assessments"]))
    if rows:
        screen.table(("policy", "rule", "match", "confidence or score", "action"), rows)
        screen.out.print()
    screen.out.print(f"{reply['action']}{totals(reply)}")
    if reply["action"] != "NONE":
        for each in reply["outputs"]:
            screen.out.print(each.get("text", ""), soft_wrap=True)


def rules(definition: GuardrailDefinition) -> Iterator[tuple[str, str, str, str]]:
    """A row for each rule: its policy, its name, and what it does with input and with output."""
    if content := definition.content:
        for kind, rule in content.filters.items():
            sides = [
                strength if strength == "NONE" else f"{strength}, {action}"
                for strength, (_, action) in zip(
                    (rule.input, rule.output), rule.action.each(), strict=True
                )
            ]
            yield f"content, {content.tier}", kind, sides[0], sides[1]
    if topics := definition.topics:
        for topic in topics.denied:
            yield f"topic, {topics.tier}", topic.name, topic.action.input, topic.action.output
    if words := definition.words:
        for name, actions in words.managed.items():
            yield "words", name, actions.input, actions.output
        if words.custom:
            yield "words", f"{len(words.custom)} of your own", "", ""
    if information := definition.sensitive_information:
        for entity, mask in information.pii.items():
            yield "PII", entity, mask.input, mask.output
        for regex in information.regexes:
            yield "regex", regex.name, regex.action.input, regex.action.output
    for score, least in (definition.grounding or {}).items():
        yield "grounding", score, "", f"below {least.threshold:g}: {least.action}"


def _definition(file: Path | None) -> tuple[GuardrailDefinition, str]:
    """The definition of a file, or of OUTCROP_GUARDRAIL, and its name."""
    if file:
        return read_definition(file), str(file)
    choice = read_choice(read(LaptopSettings).guardrail)
    if choice.definition is None:
        raise OperatorError("OUTCROP_GUARDRAIL names no definition. Name the file to check.")
    return choice.definition, choice.name


def _content(text: str | None, file: Path | None) -> str:
    if (text is None) == (file is None):
        raise typer.BadParameter("name either a text or a file with --file")
    content = _read(file) if file else text or ""
    if not content.strip():
        raise typer.BadParameter("the text is empty")
    return content


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise OperatorError(f"{path} is not UTF-8 text.") from error


def _block(text: str, qualifier: str) -> Mapping[str, Any]:
    return {"text": {"text": text, "qualifiers": [qualifier]}}


@contextmanager
def _guardrail(stack: str | None) -> Iterator[tuple["BedrockRuntimeClient", str, str]]:
    """What applies the guardrail of the laptop's home, or of a stack, and its id and version.

    Raises:
        OperatorError: it has none.
    """
    from app.aws import clients  # boto3 takes a while

    if stack is not None:
        from app.deploy.stack.description import describe_complete

        outputs = describe_complete(stack).outputs
        identifier, version = outputs.get("GuardrailId"), outputs.get("GuardrailVersion")
        if not identifier or not version:
            raise OperatorError(f"The stack {stack} has no guardrail: nothing is judged.")
        yield clients(SECONDS).bedrock_runtime, identifier, version
        return
    with screen.waiting("starting"):
        sharing = laptop.sharing(read(LaptopSettings))
        home = sharing.__enter__()
    try:
        if not home.guardrail_id:
            raise OperatorError(
                f"{home.home} has no guardrail, so nothing is judged. OUTCROP_GUARDRAIL names one."
            )
        adopt(home.variables())
        yield clients(SECONDS).bedrock_runtime, home.guardrail_id, home.guardrail_version
    finally:
        sharing.__exit__(None, None, None)


def _apply(
    runtime: "BedrockRuntimeClient",
    identifier: str,
    version: str,
    blocks: Sequence[Any],
    *,
    is_output: bool,
) -> Json:
    from app.aws import calling

    with calling("ApplyGuardrail"):
        reply: Any = runtime.apply_guardrail(
            guardrailIdentifier=identifier,
            guardrailVersion=version,
            source="OUTPUT" if is_output else "INPUT",
            outputScope="FULL",
            content=blocks,
        )
    return {name: value for name, value in reply.items() if name != "ResponseMetadata"}
