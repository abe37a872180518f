"""The settings of `outcrop mcp --http`."""

from pydantic import Field

from app.settings.environment import Environment


class McpSettings(Environment):
    """The settings of MCP over HTTP: whose tokens it asks for."""

    mcp_issuer: str | None = Field(
        default=None,
        pattern=r"^(https://[^?#\s]+[^/?#\s]|http://127\.0\.0\.1:\d+)$",
        description="The issuer of the tokens (OpenID Connect) that clients of MCP over HTTP have "
        "to send, as in https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf. The "
        "principal is the token's `sub`. Without it, no token is asked for.",
    )
    mcp_audience: str | None = Field(
        default=None,
        description="Whom the tokens have to be issued for: their `aud`, or Cognito's `client_id`. "
        "Needed with OUTCROP_MCP_ISSUER.",
    )
