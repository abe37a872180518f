"""The generated parts of docs/: what the code says of itself, so that the pages cannot drift.

    python -m tests.docs            list the problems of the pages
    python -m tests.docs --write    write it

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`; `make docs` writes
them all, and a test compares them.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, get_args

import typer
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings
from typer.testing import CliRunner

from app import settings
from app.cli import cli
from app.deploy.replay.application import OVERRIDES
from app.deploy.replay.creators import CREATORS
from app.deploy.replay.omissions import OMISSIONS
from app.local.stand_in import Options, StandIn
from app.local.wire import coverage
from app.models import MODELS
from app.models.facts.token_prices import AS_OF, GLOBAL_PRICES, TOKEN_PRICES, TokenPrice
from app.prices import EVERY_STACK, FLOORS, PAGE, monthly_floor
from app.settings import Settings
from app.web import application
from infra.context import Context
from tests.infra.conftest import VARIANTS
from tests.infra.snapshots import KEPT, kept
from tests.tables import Table

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PART = re.compile(r"(?s)(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)")
WIDTH = "100"  # columns, so that help is the same wherever it is generated


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated file, and what ought to be in it."""
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text()
        yield page, PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]()}\n\n{part[3]}", text)
    yield DOCS / "openapi.json", json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


def openapi() -> dict[str, Any]:
    """The application's OpenAPI document. No client is called for it."""
    named = Settings(
        knowledge_base_id="-",
        data_source_id="-",
        documents_bucket="-",
        conversations_bucket="-",
        auth="local",
    )
    unused: Any = SimpleNamespace(
        bedrock=None, bedrock_runtime=None, bedrock_agent=None, bedrock_agent_runtime=None, s3=None
    )
    return application(unused, named).openapi()


def _prices() -> str:
    rows = [
        (f"`{model}`", _dollars(price), _dollars(GLOBAL_PRICES.get(model)))
        for model, price in TOKEN_PRICES.items()
    ]
    table = _table(("model", "bare id and us. profile", "global. profile"), rows)
    return f"US dollars for a million tokens read and written, as of {AS_OF:%-d %B %Y}:\n\n{table}"


def _dollars(price: TokenPrice | None) -> str:
    if price is None:
        return ""
    doubt = "" if price.is_verified else ", unverified"
    return f"{price.input:g} / {price.output:g}{doubt}"


def _routes() -> str:
    rows = [
        (f"`{method.upper()} {path}`", operation["description"].split("\n")[0])
        for path, methods in openapi()["paths"].items()
        for method, operation in methods.items()
    ]
    return _table(("call", "does"), rows)


def _settings() -> str:
    kinds: dict[str, type[BaseSettings]] = {
        "The application": settings.Settings,
        "The laptop": settings.LaptopSettings,
        "A stack": settings.StackSettings,
        "MCP over HTTP": settings.McpSettings,
    }
    parts = {title: _fields(kind) for title, kind in kinds.items()}
    table = "The table of a group of tools, for its function, as in `OUTCROP_ORDERS_TABLE`."
    parts["A tool"] = _table(
        ("variable", "default", "says"), [("`OUTCROP_<GROUP>_TABLE`", "required", table)]
    )
    return "\n\n".join(f"### {title}\n\n{part}" for title, part in parts.items())


def _fields(kind: type[BaseSettings]) -> str:
    rows = []
    for name, field in kind.model_fields.items():
        default = "required" if field.is_required() else _default(_given(field))
        rows.append((f"`{settings.PREFIX}{name.upper()}`", default, str(field.description)))
    return _table(("variable", "default", "says"), rows)


def _given(field: FieldInfo) -> object:
    return field.get_default(call_default_factory=True, validated_data={})


def _default(value: object) -> str:
    if isinstance(value, Path):
        value = value.relative_to(ROOT)
    return "" if value is None else f"`{value}`"


def _commands() -> str:
    group = typer.main.get_command(cli)
    names = ["", *_names(group, "")]
    return "\n\n".join(_help(name.split()) for name in names)


def _names(group: Any, prefix: str) -> Iterator[str]:
    for name, command in group.commands.items():
        yield f"{prefix}{name}"
        if hasattr(command, "commands"):
            yield from _names(command, f"{prefix}{name} ")


def _help(words: list[str]) -> str:
    environment = {"COLUMNS": WIDTH, "TERMINAL_WIDTH": WIDTH}
    result = CliRunner().invoke(cli, [*words, "--help"], env=environment, prog_name="outcrop")
    title = " ".join(["outcrop", *words])
    lines = [line.rstrip() for line in result.output.strip().splitlines()]
    return f"### {title}\n\n```text\n" + "\n".join(lines) + "\n```"


def _choices() -> str:
    rows = [
        (
            f"`{name}`",
            f"`{_said(field.default)}`" if field.default is not None else "",
            _text(field),
        )
        for name, field in Context.model_fields.items()
    ]
    return _table(("choice", "default", "says"), rows)


def _text(field: FieldInfo) -> str:
    """A choice's description, with its values where they are few."""
    values = [f"`{value}`" for value in get_args(field.annotation) if isinstance(value, str)]
    return f"{field.description}" + (f" One of {', '.join(values)}." if values else "")


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _floors() -> str:
    rows = [
        (" ".join(store).strip(), str(trial), str(production))
        for store, (trial, production) in FLOORS.items()
    ]
    rest = ", ".join(f"{what} ${dollars:.2f}" for what, dollars in EVERY_STACK.items())
    table = _table(("vector store", "trial", "production"), rows)
    page = ", ".join(f"{what} ${dollars:.2f}" for what, dollars in PAGE.items())
    return f"{table}\n\nBeside it, every stack: {rest}; with the page from CloudFront: {page}."


def _variants() -> str:
    """By the snapshots that tests/infra/test_synth.py compares with the templates."""
    rows = []
    for variant in KEPT:
        chosen = VARIANTS[variant]
        context = Context.model_validate(chosen)
        resources = [one["Type"] for one in kept(variant)["Resources"].values()]
        store = monthly_floor(
            context.vector_store,
            generation=context.opensearch_generation,
            production=context.production,
        )
        rest = {**EVERY_STACK, **(PAGE if context.page_home == "cloudfront" else {})}
        dollars = store.dollars + sum(rest.values())
        says = ", ".join(f"`{name}={value}`" for name, value in chosen.items())
        rows.append((says, str(len(resources)), str(len(set(resources))), f"${dollars:.2f}"))
    return _table(("choices", "resources", "of types", "a month without questions"), rows)


def _coverage() -> str:
    with TemporaryDirectory() as folder, StandIn(Options(Path(folder))) as stand_in:
        covered = coverage(stand_in.services)
    rows = []
    for service, operations in covered.items():
        there = [name for name, handled in operations.items() if handled]
        rows.append((service, f"{len(there)} of {len(operations)}", ", ".join(there)))
    return _table(("service", "operations", "there"), rows)


def _models() -> str:
    rows = [
        (
            f"`{model.id}`",
            model.family,
            model.state + (f", until {model.end}" if model.end else ""),
            ", ".join(sorted(model.takes)) + (" (one sampler)" if model.one_sampler else ""),
            "yes" if model.streams else "no",
            ", ".join(["id"] * (not model.profile) + [f"`{one}.`" for one in model.geographies]),
            f"`{model.successor}`" if model.successor else "",
        )
        for model in MODELS
    ]
    return _table(
        ("model", "family", "state", "takes", "streams", "called by", "replaced by"), rows
    )


def _made() -> str:
    return ", ".join(f"`{kind.removeprefix('AWS::')}`" for kind in sorted(CREATORS))


def _left_out() -> str:
    reasons: dict[str, list[str]] = {}
    for kind, omission in sorted(OMISSIONS.items()):
        reasons.setdefault(omission.reason, []).append(f"`{kind.removeprefix('AWS::')}`")
    rows = [(reason, ", ".join(kinds)) for reason, kinds in sorted(reasons.items())]
    return _table(("why", "types"), rows)


def _changed() -> str:
    rows = [
        (f"`{each.name}`", f"`{each.value}`" if each.value else "left out", each.reason)
        for each in OVERRIDES
    ]
    return _table(("variable", "on the laptop", "since"), rows)


def _table(columns: tuple[str, ...], rows: Sequence[Sequence[str]]) -> str:
    return str(Table("", columns, rows)).split("\n\n", 1)[1]


PARTS: dict[str, Callable[[], str]] = {
    "choices": _choices,
    "commands": _commands,
    "coverage": _coverage,
    "floors": _floors,
    "models": _models,
    "prices": _prices,
    "replay-changed": _changed,
    "replay-left-out": _left_out,
    "replay-made": _made,
    "routes": _routes,
    "settings": _settings,
    "variants": _variants,
}


def main() -> None:
    stale = [
        (page, text) for page, text in pages() if not page.exists() or page.read_text() != text
    ]
    for page, text in stale:
        if "--write" in sys.argv:
            page.write_text(text)
        print(page.relative_to(ROOT), "written" if "--write" in sys.argv else "is not current")
    sys.exit(1 if stale and "--write" not in sys.argv else 0)


if __name__ == "__main__":
    main()
