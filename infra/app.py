"""`python -m infra.app`: synthesize the template. The CDK's command line runs this, by cdk.json."""

import sys

from aws_cdk import App

from app.prices import monthly_floor
from infra.context import ContextError, read
from infra.stack import Outcrop


def main() -> None:
    """Read the choices, make the stack, write the template."""
    app = App()
    try:
        context = read(app.node)
    except ContextError as error:
        sys.exit(str(error))
    Outcrop(app, context)
    app.synth()
    floor = monthly_floor(
        context.vector_store,
        generation=context.opensearch_generation,
        production=context.production,
    )
    print(f"{context.vector_store}, while nobody asks: {floor}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
