"""`outcrop prompts`: what models are asked, and what they make of it."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import screen
from app.cli.application import StackOption
from app.cli.client import Json
from app.cli.options import AsJson
from app.cli.prompt_home import PromptHome, prompt_home
from app.errors import OperatorError
from app.prompts.catalogue import TEMPLATES, find
from app.prompts.template import Template

if TYPE_CHECKING:
    from app.models import Model, Prompt

prompts = typer.Typer(help="The prompts: list, show or try them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The prompt's name.")]


@prompts.command("ls")
def ls(stack: StackOption = None, as_json: AsJson = False) -> None:
    """List the prompts: their variables, their examples, and where they are stored."""
    with prompt_home(stack) as home:
        items = [_listed(home, template) for template in TEMPLATES.values()]
    if as_json:
        screen.show_json({"items": items})
        return
    screen.table(
        ("prompt", "asks for", "variables", "examples", "stored as", "used"),
        [
            (
                item["name"],
                item["about"],
                ", ".join(item["variables"]),
                str(item["examples"]),
                (item["stored"] or "").rpartition("/")[2],
                _use(item),
            )
            for item in items
        ],
    )
    for item in items:
        if item["problem"]:
            screen.err.print(item["problem"], style="yellow")


@prompts.command("show")
def show(name: Name, stack: StackOption = None, as_json: AsJson = False) -> None:
    """Show a prompt as the application asks it: texts, variables, examples, sampling."""
    find(name)
    with prompt_home(stack) as home:
        template = home.template(name)
        item = _item(home, template)
    if as_json:
        screen.show_json(item | _texts(template))
        return
    screen.out.print(f"{template.name}: {template.about}.")
    screen.out.print(_origin(item), style="dim")
    for title, text in (("System", template.system), ("Message", template.message)):
        _part(title, text)
    screen.out.print("\nVariables", style="bold")
    screen.table(
        ("name", "needed", "is"),
        [
            (variable.name, "yes" if variable.is_required else "no", variable.about)
            for variable in template.variables
        ],
    )
    for number, example in enumerate(template.examples, 1):
        _part(f"Example {number}", f"{example.input}\n=> {example.reply}")


@prompts.command("try")
def attempt(
    name: Name,
    var: Annotated[
        list[str] | None,
        typer.Option(
            "--var",
            metavar="KEY=VALUE",
            help="The value of a variable. Several passages or messages are several of these.",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="The model to ask, by Converse.")
    ] = None,
    shots: Annotated[
        int | None,
        typer.Option(min=0, help="How many of the examples; by default as the prompt says."),
    ] = None,
    stack: StackOption = None,
    as_json: AsJson = False,
) -> None:
    """Ask a model a prompt with these values, and show its answer and what that took."""
    find(name)
    words = _words(var or ())
    with prompt_home(stack) as home:
        template = home.template(name)
        values = template.parse(words)
        disguise = template.disguise_of(values)
        prompt = template.render(values, shots=shots, disguise=disguise)
        reply = _asked(home, prompt, model or home.model(name))
    reply["answer"] = disguise.restore(reply["answer"])
    count = min(template.shots if shots is None else shots, len(template.examples))
    if as_json:
        screen.show_json({"prompt": name, "shots": count} | reply)
        return
    usage = reply["usage"]
    screen.out.print(reply["answer"], soft_wrap=True)
    tokens = f"{usage['inputTokens']} tokens in, {usage['outputTokens']} out"
    with_examples = f"{count} {'example' if count == 1 else 'examples'}"
    screen.out.print(
        f"\n{reply['model']}; {with_examples}; {tokens}; {reply['seconds']:.1f} s", style="dim"
    )


def _asked(home: PromptHome, prompt: "Prompt", model_id: str) -> Json:
    """What a model answers, by Converse, and what that took."""
    from app.models import converse
    from app.models import find as find_model

    model = find_model(model_id)
    began = time.monotonic()
    with screen.waiting("asking"):
        completion = converse.invoke(home.runtime, model, _fitted(prompt, model))
    return {
        "model": model_id,
        "answer": completion.text,
        "stopReason": completion.stop_reason,
        "usage": {
            "inputTokens": completion.usage.input_tokens,
            "outputTokens": completion.usage.output_tokens,
        },
        "seconds": round(time.monotonic() - began, 3),
    }


def _fitted(prompt: "Prompt", model: "Model") -> "Prompt":
    """The prompt without what the model does not take; the values are Outcrop's own."""
    facts = model.facts
    return replace(
        prompt,
        max_tokens=min(prompt.max_tokens, facts.output or prompt.max_tokens),
        temperature=prompt.temperature if "temperature" in facts.takes else None,
    )


def _words(pairs: Sequence[str]) -> dict[str, list[str]]:
    """The values of `--var` options, by name."""
    words = defaultdict(list)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise typer.BadParameter(f"{pair!r} is not of the form KEY=VALUE", param_hint="--var")
        words[name].append(value)
    return dict(words)


def _listed(home: PromptHome, own: Template) -> dict[str, Any]:
    """A prompt for the list, as it is asked; or our own, with the reason why it cannot be asked."""
    try:
        return _item(home, home.template(own.name)) | {"problem": None}
    except OperatorError as error:
        return _item(home, own) | {"problem": error.detail}


def _use(item: Json) -> str:
    if item["problem"]:
        return "broken"
    return "as stored" if item["usesStored"] else "our own"


def _item(home: PromptHome, template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "about": template.about,
        "variables": [variable.name for variable in template.variables],
        "examples": len(template.examples),
        "shots": template.shots,
        "stored": home.stored.get(template.name),
        "usesStored": template.name in home.used,
    }


def _texts(template: Template) -> dict[str, Any]:
    return {
        "system": template.system,
        "message": template.message,
        "variables": [
            {"name": each.name, "about": each.about, "required": each.is_required}
            for each in template.variables
        ],
        "examples": [{"input": each.input, "reply": each.reply} for each in template.examples],
        "maxTokens": template.max_tokens,
        "temperature": template.temperature,
    }


def _origin(item: Json) -> str:
    """Whose texts these are, and where they are stored."""
    shots = f"{item['shots']} of {item['examples']} examples"
    if item["usesStored"]:
        return f"As stored in {item['stored']}; {shots}."
    where = f", stored as {item['stored']}" if item["stored"] else ", stored nowhere"
    return f"Our own{where}; {shots}."


def _part(title: str, text: str) -> None:
    screen.out.print(f"\n{title}", style="bold")
    for line in text.split("\n"):
        screen.out.print(f"  {line}", soft_wrap=True)
