"""`python -m tests.quality [name ...]`: run measurements and print their tables."""

import sys
from importlib import import_module
from pathlib import Path

there = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
names = sys.argv[1:] or [name for name in there if not name.startswith("test_")]
for name in names:
    for table in import_module(f"tests.quality.{name}").run():
        print(table, end="\n\n", flush=True)
