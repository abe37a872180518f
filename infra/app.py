"""`python -m infra.app`: synthesize the template. The CDK's command line runs this, by cdk.json.

  context ── read, checked ──► stack ──► template ── cdk-nag, the project's rules ──► cdk.out/

A template that breaks a rule is written, so that a person can look at it, but not deployed: the
program fails.
"""

import sys

from aws_cdk import App, Validations
from aws_cdk.cx_api import CloudAssembly
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from app.prices import monthly_floor
from infra.acknowledged import accepted_rules, acknowledge
from infra.context import Context, ContextError, read
from infra.policy import findings
from infra.stack import Outcrop


class PolicyError(Exception):
    """The template breaks the project's own rules; the message lists them."""


def main() -> None:
    """Read the choices, make the stack, write the template, print its monthly cost and its
    guardrail.
    """
    app = App()
    try:
        context = read(app.node)
        synthesize(app, context)
    except (ContextError, PolicyError) as error:
        sys.exit(str(error))
    except (
        RuntimeError
    ) as error:  # raised by the CDK's own JavaScript, which has printed the details
        sys.exit(f"The template cannot be made: {error}")
    print(floor(context), file=sys.stderr)  # noqa: T201
    print(f"guardrail: {context.guardrail_choice.name}", file=sys.stderr)  # noqa: T201


def synthesize(app: App, context: Context) -> CloudAssembly:
    """Make the stack in an app, and check the template.

    Raises:
        PolicyError: the template breaks the project's own rules.
        RuntimeError: the CDK's validation or cdk-nag has findings.
    """
    acknowledge(Outcrop(app, context), context)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    assembly = app.synth()
    template = assembly.get_stack_by_name(context.stack).template
    if violations := findings(template, accepted_rules(context)):
        raise PolicyError("\n".join(map(str, violations)))
    return assembly


def floor(context: Context) -> str:
    """The vector store's monthly cost without any questions, in a line."""
    least = monthly_floor(
        context.vector_store,
        generation=context.opensearch_generation,
        production=context.production,
    )
    return f"{context.vector_store}: {least}"


if __name__ == "__main__":
    main()
