"""`outcrop diff`: what deploying would change."""

import re
from collections.abc import Iterable

from app.cli import screen
from app.cli.client import Json
from app.cli.context import STACK, AsJson, ContextOption, NameOption, context

# As `cdk diff` tells a resource: "[~] AWS::Lambda::Function Api/Function Api4F".
CHANGE = re.compile(r"^\[([+~-])\] (\w+::\S+) (\S+)")
ACTIONS = {"+": "add", "~": "change", "-": "remove"}


def diff(stack: NameOption = STACK, pairs: ContextOption = None, as_json: AsJson = False) -> None:
    """Show what deploying would change in the account. Nothing is changed."""
    from app.cli import cdk

    chosen = context(pairs)
    with screen.waiting("comparing"):
        lines = list(cdk.run("diff", stack, chosen))
    if as_json:
        screen.show_json({"stack": stack, "changes": changes(lines), "text": "\n".join(lines)})
    else:
        screen.out.print("\n".join(lines).strip(), markup=False, soft_wrap=True)


def changes(lines: Iterable[str]) -> list[Json]:
    """The resources that would change.

    >>> changes(["Resources", "[+] AWS::SQS::Queue Documents/Queue DocumentsQueue4A"])
    [{'action': 'add', 'type': 'AWS::SQS::Queue', 'name': 'Documents/Queue'}]
    """
    found = filter(None, map(CHANGE.match, lines))
    return [
        {"action": ACTIONS[change[1]], "type": change[2], "name": change[3]} for change in found
    ]
