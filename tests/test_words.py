"""One word, one meaning: no two classes of one name in a world, and no participle for a variable.

A world is the application, the stand-in, the stack or the functions: whoever reads one of them does
not read the others at the same time.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Participles say what was done, and not what a value is: `passages`, not `found`.
PARTICIPLES = frozenset(
    (
        *("asked", "found", "told", "given", "wanted", "said", "kept", "made", "spent", "meant"),
        *("alarmed", "arrived", "copied", "declared", "drafted", "embedded", "folded", "frozen"),
        *("guarded", "heard", "lent", "moved", "parsed", "parted", "stated", "watched"),
    )
)

# The same noun in another layer, or a noun of two trades that never meet.
SHARED = {
    ("application", "Document"): "a block of content; a document of the collection",
    ("application", "Text"): "a block of content; the event that carries the next piece of it",
    ("application", "Object"): "of S3, as each package that keeps something there sees it",
    ("application", "Template"): "of CloudFormation; of a prompt; of a prompt of Llama",
    ("application", "Resource"): "of a template; of a deployed stack",
    ("application", "Record"): "of the processes that serve a home; of a replayed stack",
    ("application", "Stack"): "in the making, and as CloudFormation describes it",
    ("stand-in", "Buckets"): "of S3, and what a Knowledge Base needs of them",
    ("stand-in", "Generation"): "an answer to a prompt; what one put has written to OpenSearch",
    ("stand-in", "Object"): "of S3, and what a Knowledge Base needs of it",
    ("stand-in", "Document"): "in a parser's hands; in a prompt",
    ("stand-in", "Damaged"): "a database; an array of the index, which is built again",
    ("stand-in", "Call"): "a request on the wire; of a tool, as a planner decides on it",
    ("stand-in", "Plan"): "what the writer needs of it; the planner's own",
    ("stand-in", "SearchableBase"): "a Knowledge Base, and what Retrieve needs of it",
    ("stand-in", "Piece"): "a block of a request, for a cache; a chunk before it is stored",
    ("stand-in", "State"): "of a control plane; a Knowledge Base's adds its queue",
}
PUBLIC = {"app/deploy/findings.py": "`found` is a member of what `outcrop doctor --json` prints"}
SCHEMAS = "app/web/schemas/"
"""The nouns of the application as they are on the wire: OpenAPI has them by the same names."""
BODIES = "app/local/bedrock_runtime/bodies/"
"""What each family of models calls its own: most have a Message, a Tool and a Choice."""


def world(path: Path) -> str:
    top, second = path.relative_to(ROOT).parts[:2]
    if top == "app":
        return "stand-in" if second == "local" else "application"
    return {"infra": "stack", "lambdas": "functions"}[top]


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("app", "infra", "lambdas"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def test_a_class_has_its_name_for_itself() -> None:
    places = defaultdict(list)
    for path, module in modules():
        if path.relative_to(ROOT).as_posix().startswith((SCHEMAS, BODIES)):
            continue
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[world(path), node.name].append(path.relative_to(ROOT).as_posix())
    shared = {name: paths for name, paths in places.items() if len(paths) > 1}
    assert shared.keys() == SHARED.keys(), {
        name: shared.get(name) for name in shared.keys() ^ SHARED.keys()
    }


def test_no_variable_is_a_participle() -> None:
    breaches = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path, module in modules()
        if path.relative_to(ROOT).as_posix() not in PUBLIC
        for node in ast.walk(module)
        for line, name in _names(node)
        if name in PARTICIPLES
    ]
    assert not breaches, "\n".join(breaches)


def _names(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The variable or argument that a node introduces, with its line."""
    match node:
        case ast.Name(ctx=ast.Store(), id=name) | ast.arg(arg=name):
            yield node.lineno, name


@pytest.mark.parametrize("source", ["asked = 1", "def f(asked): ...", "for asked in (): ..."])
def test_a_participle_is_noticed(source: str) -> None:
    names = [name for node in ast.walk(ast.parse(source)) for _, name in _names(node)]
    assert "asked" in names
