"""Do the tests notice when the application's code is changed?

    python -m tests.mutants retrieval answer         all mutants of two packages
    python -m tests.mutants retrieval --digits 37    those whose number ends with 3 or 7
    python -m tests.mutants retrieval --survivors    those that survived before: after new tests

A mutant is the code with one small change: `<` for `<=`, `and` for `or`, another text. The library
mutmut makes the mutants of a package and runs the tests nearest to it against each. A mutant that
no test fails for has survived: a test is missing, or the change makes no difference to anybody.
`tests/survivors.toml` lists the survivors of the second kind, each with its reason. The command
fails if more than a tenth of the mutants survive, or if one survives that is not in the list.

Work goes on in `.mutants/<package>`, a copy of the repository. A second call runs what is left,
what survived, and every mutant of a function that has changed: `rm -r .mutants` begins anew.
"""

import argparse
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SURVIVORS = ROOT / "tests" / "survivors.toml"
NEAR = {
    "answer": [
        "tests/answer",
        "tests/web/test_chat.py",
        "tests/web/test_guarded_passages.py",
        "tests/web/test_openai.py",
    ],
    "budgets": ["tests/budgets", "tests/test_meter.py"],
    "citations": ["tests/citations", "tests/answer"],
    "conversations": ["tests/conversations"],
    "documents": ["tests/documents"],
    "guardrail": ["tests/guardrail"],
    "retrieval": ["tests/retrieval"],
    "turn": ["tests/turn", "tests/answer", "tests/web/test_chat.py"],
    "web": ["tests/web", "tests/budgets/test_over_http.py"],
}
"""A package of `app`, and the tests that are run against its mutants.

`app/web/__main__.py` has none: tests run it as a process of its own, where no mutant is chosen.
"""

MOST = 0.10  # of the mutants may survive
KILLED = {"killed", "timeout", "segfault"}
SURELY_KILLED = KILLED - {"timeout"}  # a machine that was busy may have been the reason
SKIPPED = 34  # mutmut's code for a mutant that is not to be run
CONFIGURATION = """\
[mutmut]
source_paths = app
only_mutate = app/{package}*
do_not_mutate = app/web/__main__.py
also_copy =
    conftest.py
    docs
    infra
    lambdas
pytest_add_cli_args =
    -q
    -n
    0
    -p
    no:cacheprovider
    -p
    tests.quickest_first
pytest_add_cli_args_test_selection =
    {tests}
use_setproctitle = false
process_isolation = forkserver
timeout_constant = 30
timeout_multiplier = 3
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("packages", nargs="*", metavar="package", help=f"of {', '.join(NEAR)}")
    parser.add_argument("--digits", default="", help="run those alone whose number ends with one")
    parser.add_argument("--survivors", action="store_true", help="run those alone that survived")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="tests at a time")
    arguments = parser.parse_args()
    if unknown := set(arguments.packages) - NEAR.keys():
        parser.error(
            f"{', '.join(sorted(unknown))}: no package with mutants; {', '.join(NEAR)} are"
        )
    sound = [mutate(package, arguments) for package in arguments.packages or NEAR]
    return 0 if all(sound) else 1


def mutate(package: str, arguments: argparse.Namespace) -> bool:
    """Run the mutants of a package and print what became of them; whether few enough survived."""
    folder = ROOT / ".mutants" / package
    copy(folder)
    tests = [path for path in NEAR[package] if (folder / path).exists()]
    configuration = CONFIGURATION.format(package=package, tests="\n    ".join(tests))
    (folder / "setup.cfg").write_text(configuration)
    names = choose(folder, arguments.digits)
    if not arguments.survivors:
        is_first = not any((folder / "mutants").rglob("*.meta"))
        names = [f"*__mutmut_*{digit}" for digit in arguments.digits if is_first]
    if names or not arguments.survivors:
        mutmut = Path(sys.executable).with_name("mutmut")
        command = [str(mutmut), "run", "--max-children", str(arguments.children), *names]
        subprocess.run(command, cwd=folder, check=True)
    return report(package, *verdicts(folder))


def copy(folder: Path) -> None:
    """Bring the copy up to date with the files that git knows; what is the same is not touched."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        source, target = ROOT / name, folder / name
        if not source.is_file():
            target.unlink(missing_ok=True)
        elif not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())


def choose(folder: Path, digits: str) -> list[str]:
    """Let those that survived be run again, by the tests that there are now, and return their
    names: mutmut remembers which test calls which function, and does not look again when a test
    changes.

    Those that were never run, and whose number ends with none of the digits, are marked as skipped.
    To name the others to mutmut would not do: it runs again whatever is named.
    """
    from mutmut.stats import status_by_exit_code

    survivors: list[str] = []

    def choice(name: str, code: int | None) -> int | None:
        if code is None or code == SKIPPED:
            return None if not digits or name.endswith(tuple(digits)) else SKIPPED
        if status_by_exit_code[code] in SURELY_KILLED:
            return code
        survivors.append(name)
        return None

    (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    for path in (folder / "mutants").rglob("*.meta"):
        data = json.loads(path.read_text())
        codes = data["exit_code_by_key"]
        data["exit_code_by_key"] = {name: choice(name, code) for name, code in codes.items()}
        path.write_text(json.dumps(data))
    return survivors


def verdicts(folder: Path) -> tuple[dict[str, str], int]:
    """A mutant's name -> what became of it, of all that were run; and how many there are."""
    from mutmut.stats import status_by_exit_code

    codes: dict[str, int | None] = {}
    for path in (folder / "mutants").rglob("*.meta"):
        codes.update(json.loads(path.read_text())["exit_code_by_key"])
    run = {
        name: status_by_exit_code[code]
        for name, code in codes.items()
        if code is not None and code != SKIPPED
    }
    return run, len(codes)


def report(package: str, became: dict[str, str], of: int) -> bool:
    """Print how many survived, and which without a reason; whether they are few, and all known."""
    reasons: dict[str, str] = tomllib.loads(SURVIVORS.read_text()).get(package, {})
    survivors = sorted(name for name, verdict in became.items() if verdict not in KILLED)
    unknown = [name for name in survivors if name not in reasons]
    share = len(survivors) / max(len(became), 1)
    killed = len(became) - len(survivors)
    slow = sum(verdict == "timeout" for verdict in became.values())
    print(f"\n{package}: {len(became)} of {of} mutants run, {killed} killed ({slow} were too slow)")
    print(f"{package}: {len(survivors)} survived ({share:.1%})")
    for name in unknown:
        print(f"  without a reason: {name} ({became[name]}); to see it: mutmut show {name}")
    return not unknown and share <= MOST


if __name__ == "__main__":
    sys.exit(main())
