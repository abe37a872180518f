"""The page of a stack: its build, without which the CDK has nothing to upload."""

import subprocess
from collections.abc import Mapping

from app.deploy.stack import cdk
from app.deploy.stack.context import choices
from app.errors import OperatorError
from app.settings import FOLDER, StackSettings, environment, read

LAST_WORDS = 10  # lines
WITHOUT = "Without a page, deploy with `-c page=none`."


def build(context: Mapping[str, str]) -> None:
    """Build the page, if the stack has one, and if its sources have changed since.

    Raises:
        OperatorError: it cannot be built, with the builder's last words.
    """
    if choices(context).page == "none":
        return
    command = (read(StackSettings).make, "page")
    try:
        ran = subprocess.run(
            command,
            cwd=FOLDER,
            env=environment({"PATH": cdk.search_path()}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise OperatorError(
            f"The page cannot be built: {command[0]} does not run ({error.strerror}). {WITHOUT}"
        ) from error
    if ran.returncode:
        words = "\n".join(ran.stdout.splitlines()[-LAST_WORDS:])
        raise OperatorError(f"The page cannot be built:\n{words}\n{WITHOUT}")
