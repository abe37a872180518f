"""Rules for sign-in: who gets an account, what it takes to sign in, and how long that is good for.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.policy.template import Template, references, text

Broken = Iterator[tuple[str, str]]

POOL, CLIENT = "AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient"
AUTHORIZER = "AWS::ApiGateway::Authorizer"

MINUTES = {"seconds": 1 / 60, "minutes": 1, "hours": 60, "days": 24 * 60}
# token -> its unit where none is said, and the longest time in minutes
LIFETIMES = {
    "IdToken": ("hours", 60),
    "AccessToken": ("hours", 60),
    "RefreshToken": ("days", 30 * 24 * 60),
}
SAFE = re.compile(r"https://|http://localhost[:/]")
SHORTEST_PASSWORD = 12


def pool_is_closed(template: Template) -> Broken:
    for name, properties in template.of(POOL):
        settings = properties.get("AdminCreateUserConfig", {})
        if settings.get("AllowAdminCreateUserOnly") is not True:
            yield name, "anybody may sign up; set AllowAdminCreateUserOnly"


def sign_in_takes_two_factors(template: Template) -> Broken:
    for name, properties in template.of(POOL):
        if properties.get("MfaConfiguration") != "ON":
            yield name, "a password is enough to sign in; set MfaConfiguration=ON"
        if properties.get("EnabledMfas") != ["SOFTWARE_TOKEN_MFA"]:
            yield name, "the second factor is an authenticator app, and no message"
        password = properties.get("Policies", {}).get("PasswordPolicy", {})
        if password.get("MinimumLength", 0) < SHORTEST_PASSWORD:
            yield name, f"a password may be shorter than {SHORTEST_PASSWORD} characters"
        if properties.get("UserPoolAddOns", {}).get("AdvancedSecurityMode") != "ENFORCED":
            yield name, "nothing watches for stolen passwords; set AdvancedSecurityMode=ENFORCED"


def tokens_end_in_time(template: Template) -> Broken:
    for name, properties in template.of(CLIENT):
        units = properties.get("TokenValidityUnits", {})
        for token, (unit, longest) in LIFETIMES.items():
            value = properties.get(f"{token}Validity")
            minutes = value and value * MINUTES[units.get(token, unit)]
            if not minutes or minutes > longest:
                yield name, f"{token}Validity has to be at most {longest} minutes"
        if properties.get("EnableTokenRevocation") is not True:
            yield name, "a stolen token cannot be taken back; set EnableTokenRevocation"


def tokens_come_by_code(template: Template) -> Broken:
    """A page and a command line keep no secret; they prove possession of the code instead."""
    for name, properties in template.of(CLIENT):
        if properties.get("AllowedOAuthFlows") != ["code"]:
            yield name, "tokens come by the authorization code flow only"
        if properties.get("GenerateSecret"):
            yield name, "a page cannot keep a secret; leave GenerateSecret out"
        if not properties.get("AllowedOAuthFlowsUserPoolClient"):
            yield name, "without AllowedOAuthFlowsUserPoolClient the sign-in page refuses it"
        for url in (*properties.get("CallbackURLs", ()), *properties.get("LogoutURLs", ())):
            if not SAFE.match(text(url)):
                yield name, f"a token would be sent to {text(url)} in the clear; say https"
        if set(properties.get("ExplicitAuthFlows", ())) - ALLOWED_FLOWS:
            yield name, "a password is sent to Cognito's page only, never by a client"


ALLOWED_FLOWS = {"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}


def accounts_are_not_told(template: Template) -> Broken:
    for name, properties in template.of(CLIENT):
        if properties.get("PreventUserExistenceErrors") != "ENABLED":
            yield name, "whether somebody has an account can be found out by signing in"


def authorizer_knows_the_pool(template: Template) -> Broken:
    pools = {name for name, _ in template.of(POOL)}
    for name, properties in template.of(AUTHORIZER):
        if not _only(properties, pools):
            yield name, "it takes the tokens of another pool than the stack's"
        if text(properties.get("IdentitySource", "")) != "method.request.header.Authorization":
            yield name, "the token comes in the header Authorization"
    for name, properties in template.of(CLIENT):
        if not set(references(properties["UserPoolId"])) & pools:
            yield name, "it is a client of another pool than the stack's"


def id_tokens_are_taken(template: Template) -> Broken:
    """With a scope, the authorizer takes access tokens, which do not say for whom they are meant;
    without the scope `openid`, Cognito makes no ID token.
    """
    for name, properties in template.of("AWS::ApiGateway::Method"):
        if properties.get("AuthorizationScopes"):
            yield name, "ID tokens have no scopes and would be refused; leave AuthorizationScopes"
    for name, properties in template.of(CLIENT):
        if "openid" not in properties.get("AllowedOAuthScopes", ()):
            yield name, "who signs in gets no ID token; add the scope openid"


def sign_in_page_is_the_pools(template: Template) -> Broken:
    pools = {name for name, _ in template.of(POOL)}
    for name, properties in template.of("AWS::Cognito::UserPoolDomain"):
        if not set(references(properties["UserPoolId"])) & pools:
            yield name, "it is the page of another pool than the stack's"
    clients = {name for name, _ in template.of(CLIENT)}
    for name, properties in template.of("AWS::Cognito::ManagedLoginBranding"):
        if not set(references(properties.get("ClientId", ""))) & clients:
            yield name, "the page of the stack's client has no looks, and shows an error"


def _only(properties: Mapping[str, Any], pools: set[str]) -> bool:
    providers = properties.get("ProviderARNs", [])
    return bool(providers) and all(set(references(one)) & pools for one in providers)


RULES = (
    pool_is_closed,
    sign_in_takes_two_factors,
    tokens_end_in_time,
    tokens_come_by_code,
    accounts_are_not_told,
    authorizer_knows_the_pool,
    id_tokens_are_taken,
    sign_in_page_is_the_pools,
)
