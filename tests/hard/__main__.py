"""`python -m tests.hard [suite ...] [--n N] [--seed S]`: run suites, and print what they counted.

    fuzz        requests that no client would send        no 5xx, no crash, of either server
    faults      a fault on the wire in every turn         an error or the whole answer
    storms      many events of few documents              bucket and Knowledge Base agree at last
    kills       kill -9 of either server under load       nothing acknowledged is lost
    confirmations  kill -9 while a confirmed call is made   it acts once, and is not lost
    streams     many answers at once                      little memory, prompt health
    leaving     clients that hang up                      the model's call is stopped
    sigterm     the application stops while it streams    every stream ends properly
    flips       a byte of the home is flipped             no wrong content
    full_disk   no room is left                           deletes work
    soak        minutes of use by many at once            all agrees, and nothing grows

The exit code is 1 where a promise was broken.
"""

import argparse
import sys
import time
from importlib import import_module

from tests.hard import Count, Plan, Unavailable
from tests.tables import Table

SUITES = (
    "fuzz", "faults", "storms", "kills", "confirmations", "streams", "leaving", "sigterm", "flips",
    "full_disk", "soak",
)  # fmt: skip


def main() -> None:
    """Run what was asked for, each suite in turn."""
    arguments = argparse.ArgumentParser(prog="python -m tests.hard")
    arguments.add_argument("suites", nargs="*", metavar="suite", help=", ".join(SUITES))
    arguments.add_argument("--n", type=int, help="how many times, in place of a suite's own number")
    arguments.add_argument("--seed", type=int, default=1)
    parsed = arguments.parse_args()
    if unknown := set(parsed.suites) - set(SUITES):
        arguments.error(f"there is no suite {unknown.pop()}; there are {', '.join(SUITES)}")
    broken = [
        name for name in parsed.suites or SUITES if not _holds(name, Plan(parsed.n, parsed.seed))
    ]
    if broken:
        sys.exit(f"Promises are broken in: {', '.join(broken)}")


def _holds(name: str, plan: Plan) -> bool:
    began = time.monotonic()
    try:
        counts: list[Count] = list(import_module(f"tests.hard.{name}").run(plan))
    except Unavailable as reason:
        print(f"{name} is left out: {reason}\n", flush=True)
        return True
    rows = [(count.name, f"{count.number:g}", _limit(count), _mark(count)) for count in counts]
    title = f"{name}, seed {plan.seed}, {time.monotonic() - began:.0f} s"
    print(Table(title, ("what", "number", "may be", ""), rows), flush=True)
    for count in counts:
        for example in count.examples if count.broken else ():
            print(f"  {count.name}: {example}")
    print(flush=True)
    return not any(count.broken for count in counts)


def _limit(count: Count) -> str:
    return "" if count.allowed is None else f"{count.allowed:g}"


def _mark(count: Count) -> str:
    return "BROKEN" if count.broken else ""


if __name__ == "__main__":
    main()
