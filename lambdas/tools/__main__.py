"""Write each tool's `action_group.json` again, from its functions."""

import json
from importlib import import_module

from lambdas.tools import NAMES, TOOLS

for name in NAMES:
    told = import_module(f"lambdas.tools.{name}.handler").tools.described()
    (TOOLS / name / "action_group.json").write_text(json.dumps(told, indent=2) + "\n")
