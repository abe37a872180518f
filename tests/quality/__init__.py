"""Quality on real corpora, with the floors beside the figures.

    python -m tests.quality            every measurement
    python -m tests.quality scifact    one of them

Each module here but `__main__` and tests is a measurement: `run()` yields its tables. The corpora
are not part of the project: they are read from `../shared/eval`, and a measurement whose corpus is
missing says so.
"""

from pathlib import Path

ROOT = Path(__file__).parents[2]
CORPORA = ROOT.parent / "shared" / "eval"
