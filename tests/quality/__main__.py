"""`python -m tests.quality [name ...]`: run measurements and print their tables."""

import sys
from importlib import import_module
from pathlib import Path

names = sys.argv[1:] or sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
for name in names:
    for table in import_module(f"tests.quality.{name}").run():
        print(table, end="\n\n", flush=True)
