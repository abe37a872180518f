"""`python -m tests.bench [name[:argument] ...]`: run measurements and print their tables."""

import sys
from importlib import import_module
from pathlib import Path

names = sys.argv[1:] or sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
for each in names:
    name, *argument = each.split(":", 1)
    for table in import_module(f"tests.bench.{name}").run(*argument):
        print(table, end="\n\n", flush=True)
