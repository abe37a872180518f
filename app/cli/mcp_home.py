"""The home that `outcrop mcp` serves: the laptop's, or a stack's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.deploy import laptop
from app.deploy.endpoint import misleading_names
from app.settings import LaptopSettings, adopt, inherited, inherited_environment, read

ISSUER, AUDIENCE, TOKEN = "OUTCROP_MCP_ISSUER", "OUTCROP_MCP_AUDIENCE", "OUTCROP_TOKEN"


@contextmanager
def mcp_home(stack: str | None, *, http: bool) -> Iterator[Mapping[str, str]]:
    """The variables of the server's process. The laptop's home is served while the block runs.

    Args:
        http: whether clients send tokens of their own. Otherwise there is one client, of the person
            who is signed in.

    Raises:
        OperatorError: there is no such stack, nobody is signed in to it, or the laptop's home
            cannot be served.
    """
    if stack is not None:
        yield _of_stack(stack, http=http)
        return
    with laptop.sharing(read(LaptopSettings)) as home:
        adopt(home.variables(), dropped=misleading_names(inherited_environment()))
        yield home.settings


def _of_stack(name: str, *, http: bool) -> Mapping[str, str]:
    from app.cli.stack import cognito
    from app.deploy.stack.application import application_variables
    from app.deploy.stack.description import describe_complete

    stack = describe_complete(name)
    variables = dict(application_variables(stack))
    if stack.output("Auth") != "cognito":
        return variables
    if not inherited(ISSUER):
        pool = stack.output("UserPoolId")
        region = pool.partition("_")[0]
        variables[ISSUER] = f"https://cognito-idp.{region}.amazonaws.com/{pool}"
        variables[AUDIENCE] = stack.output("UserPoolClientId")
    if not http:
        variables[TOKEN] = cognito(stack).id_token()
    return variables
