"""Write each tool's `action_group.json` again, from its functions."""

import json
from importlib import import_module
from pathlib import Path

for folder in (path.parent for path in Path(__file__).parent.glob("*/handler.py")):
    description = import_module(f"lambdas.tools.{folder.name}.handler").tools.describe()
    (folder / "action_group.json").write_text(json.dumps(description, indent=2) + "\n")
