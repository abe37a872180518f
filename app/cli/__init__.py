"""The command line: parses arguments, calls the application over HTTP, shows the response.

    demo     the whole path once: start, upload docs/, ask, show what to try next
    up       serve until Ctrl-C
    ask      one question, one cited answer      chat     a conversation
    agent    one request, for which tools may be called
    ingest   upload documents                    docs     ls, show, rm
    search   Retrieve's passages, explained      doctor   checks, with remedies
    eval     a file of questions, judged
    guardrail  check a definition, try a text
    prompts  what models are asked: ls, show, try
    models   the models that can answer
    explain  what goes on inside the laptop's models
    feedback what people have said of answers
    usage    what was spent, and what may be
    mcp      the tools and the documents, for MCP clients
    env      shell lines that point boto3 and the AWS CLI at the running stand-in
    local    serve the stand-in alone, for tests and programs of any kind
    opensearch    run OpenSearch on this machine, a node or several
    reindex  move the chunks into OpenSearch, or back

    deploy   make or update the stack in AWS     destroy  delete it
    diff     the changes of a deployment         outputs  its addresses, ids and names

A command uses the application that `up` serves, or starts one for its own length; with `--stack
NAME` it uses that of a deployed stack. With `--json` it prints one JSON object to standard output,
and nothing else there. Errors go to standard error. The exit code is 1 after an error, and 2 if the
command line itself is wrong.
"""

import os
import sys
from io import StringIO, TextIOWrapper
from typing import Any

import typer

from app import __version__
from app.cli import screen
from app.cli.client import Refused
from app.cli.commands import (
    agent,
    ask,
    chat,
    demo,
    deploy,
    destroy,
    diff,
    docs,
    doctor,
    env,
    evaluate,
    explain,
    feedback,
    guardrail,
    ingest,
    local,
    mcp,
    models,
    opensearch,
    outputs,
    prompts,
    reindex,
    search,
    up,
    usage,
)
from app.cli.screen import fail
from app.errors import OutcropError
from app.settings import WrongSettings

cli = typer.Typer(
    name="outcrop",
    help="Cited answers about your own documents, on Amazon Bedrock or on a laptop.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    demo.demo,
    up.up,
    ask.ask,
    agent.agent,
    chat.chat,
    ingest.ingest,
    search.search,
):
    cli.command()(command)
cli.command("eval")(evaluate.evaluate)
cli.add_typer(docs.docs, name="docs")
cli.add_typer(feedback.feedback, name="feedback")
cli.add_typer(guardrail.guardrail, name="guardrail")
cli.add_typer(prompts.prompts, name="prompts")
for command in (
    models.models,
    usage.usage,
    doctor.doctor,
    mcp.mcp,
    env.env,
    local.local,
    opensearch.opensearch,
    deploy.deploy,
    diff.diff,
    outputs.outputs,
    destroy.destroy,
):
    cli.command()(command)
cli.command()(explain.explain)
cli.command("reindex")(reindex.reindex)


@cli.callback(invoke_without_command=True)
def version(version: bool = typer.Option(False, "--version", help="Show the version.")) -> None:
    """Cited answers about your own documents, on Amazon Bedrock or on a laptop."""
    if version:
        print(f"outcrop {__version__}")  # noqa: T201
        raise typer.Exit


def main() -> None:
    """The entry point. It shows every error of Outcrop as a sentence, with an exit code."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # a character that the terminal's encoding lacks must not end the command
    try:
        sys.exit(cli(standalone_mode=False))
    except typer.Abort:
        sys.exit(1)
    except typer.TyperException as error:
        sys.exit(report_misuse(error))
    except Refused as error:
        sys.exit(fail(str(error), error.problem))
    except WrongSettings as error:
        fail(error.detail, {})
        sys.exit(2)
    except OutcropError as error:
        sys.exit(fail(error.detail, {"title": error.title, "detail": error.detail}))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader has closed the pipe. Without this, Python would report that again at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        problem = {"title": "The system refused", "detail": str(error)}
        sys.exit(fail(f"The system refused: {error.strerror or error}{where}.", problem))


def report_misuse(error: Any) -> int:
    """Print what is wrong with the arguments, and return the exit code. The message may contain the
    name of a file, so it is printed through `screen`.
    """
    message = StringIO()
    error.show(message)
    screen.err.print(message.getvalue().rstrip("\n"), soft_wrap=True)
    return int(error.exit_code)
