"""The command `outcrop`. Where its packages are not installed, it says so in a sentence."""

import sys


def main() -> None:
    """Run the command line; a wheel is installed without the packages that it needs."""
    try:
        from app.cli import main as run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("app", ""):
            raise
        sys.exit(
            f"outcrop: the package {error.name} is missing. Install what the command line needs: "
            "pip install --no-deps --require-hashes -r requirements-laptop.txt, which lies in "
            "Outcrop's repository."
        )
    except KeyboardInterrupt:  # it takes most of a second, in which somebody may press Ctrl-C
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
