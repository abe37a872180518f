"""What the templates were, kept beside the tests.

    python -m tests.infra.snapshots

A line a resource, so that a change shows as the lines that it changes. The template of the default
is kept whole, of each other variant what differs from it. Assets go by their content, which changes
with every line of code: their hashes are left out.
"""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.infra.conftest import VARIANTS
from tests.synthesized import synthesize

SNAPSHOTS = Path(__file__).parent / "snapshots"
STORES = ("opensearch-serverless", "opensearch-managed", "s3-vectors", "aurora", "managed")
KEPT = (
    *STORES,
    "production",
    "alarm_email",
    "origin",
    "nextgen",
    "profile",
    "iam",
    "page-function",
)
DEFAULT, PARTS = STORES[0], ("Resources", "Outputs")
HASH = re.compile(r"\b[0-9a-f]{64}\b")


def snapshot(template: dict[str, Any]) -> dict[str, Any]:
    """A template, without what is noise."""
    bare = {
        name: {key: value for key, value in resource.items() if key != "Metadata"}
        for name, resource in template["Resources"].items()
    }
    text = json.dumps({"Resources": bare, "Outputs": template["Outputs"]}, sort_keys=True)
    without_hashes: dict[str, Any] = json.loads(HASH.sub("<hash>", text))
    return without_hashes


def kept(variant: str) -> dict[str, Any]:
    """What was kept of a variant's template: the default, and what is other than there."""
    whole: dict[str, Any] = json.loads((SNAPSHOTS / f"{DEFAULT}.json").read_text())
    if variant != DEFAULT:
        change = json.loads((SNAPSHOTS / f"{variant}.json").read_text())
        for part, names in change["gone"].items():
            for name in names:
                del whole[part][name]
        for part in PARTS:
            whole[part] |= change[part]
    return whole


def keep(variant: str, template: dict[str, Any]) -> None:
    """Keep a variant's snapshot."""
    content = template
    if variant != DEFAULT:
        whole = kept(DEFAULT)
        content = {
            part: {
                name: one for name, one in template[part].items() if one != whole[part].get(name)
            }
            for part in PARTS
        }
        content["gone"] = {
            part: sorted(whole[part].keys() - template[part].keys()) for part in PARTS
        }
    (SNAPSHOTS / f"{variant}.json").write_text(_lines(content))


def _lines(content: dict[str, Any]) -> str:
    """JSON, a line a resource."""
    parts = []
    for part, members in sorted(content.items()):
        inner = ",\n".join(
            f"  {json.dumps(name)}: {json.dumps(members[name], sort_keys=True)}"
            for name in sorted(members)
        )
        parts.append(f"{json.dumps(part)}: {{\n{inner}\n}}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Make every template and keep it."""
    for variant in KEPT:
        with TemporaryDirectory() as folder:
            keep(
                variant,
                snapshot(json.loads(synthesize(Path(folder), **VARIANTS[variant]).read_text())),
            )


if __name__ == "__main__":
    main()
