"""The blocks of code in the docs, by language.

```sh         run, beside a laptop's home
```yaml       steps of a workflow: lines after `- run:` are run in the same way
```console    lines after `$` need an AWS account: they are held against what there is of
              commands, options, choices, make targets and AWS's own operations
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")
STEP = "- run: "
WRITTEN = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def blocks(language: str) -> list[tuple[str, str]]:
    return [
        (page.name, block[2])
        for page in WRITTEN
        for block in BLOCK.finditer(page.read_text())
        if block[1] == language
    ]


def commands() -> list[str]:
    """Every line of shell in the docs, without its comment; those of workflows at the end."""
    lines = [line for _, block in blocks("sh") for line in block.splitlines()]
    steps = [line for _, block in blocks("yaml") for line in block.splitlines()]
    lines += [line.removeprefix(STEP) for line in steps if line.startswith(STEP)]
    return list(dict.fromkeys(line.split(" #")[0].strip() for line in lines if line.strip()))


def shown() -> list[str]:
    """Every command of the docs that needs an account, a line each."""
    text = "\n".join(block.replace("\\\n", " ") for _, block in blocks("console"))
    return [line[2:].split(" #")[0].strip() for line in text.splitlines() if line[:2] == "$ "]
