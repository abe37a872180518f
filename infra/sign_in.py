"""Sign-in: people sign in on a page of Cognito, by the authorization code flow.

Nobody can sign up; an administrator makes accounts. Signing in takes a password and an
authenticator app, and Cognito watches for stolen passwords. The client has no secret, so the flow
is the one with proof of possession (PKCE), which a page or a command line can do.
"""

from collections.abc import Sequence

from aws_cdk import Aws, Duration, Fn, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.context import Context
from infra.retention import removal

COMMAND_LINE = "http://localhost:8484/"
"""Where the command line waits for the code. Cognito allows plain HTTP on localhost only."""


class SignIn(Construct):
    """A user pool and its sign-in page; then the client that the page and the command line share.

    Attributes:
        authority: the address of the sign-in page, without a path.
        issuer: the pool, as ID tokens name it.
    """

    def __init__(self, scope: Construct, name: str, context: Context) -> None:
        super().__init__(scope, name)
        self.pool = cognito.UserPool(
            self,
            "People",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(3),
            ),
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            feature_plan=cognito.FeaturePlan.PLUS,
            standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
            deletion_protection=context.production,
            removal_policy=removal(context),
        )
        domain = self.pool.add_domain(
            "Page",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=_unique(self)),
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )
        self.authority = f"https://{domain.domain_name}.auth.{Aws.REGION}.amazoncognito.com"
        self.issuer = f"https://{self.pool.user_pool_provider_name}"

    def add_client(self, pages: Sequence[str]) -> None:
        """Add the client of the command line and of the pages with these addresses."""
        callbacks = [COMMAND_LINE, *dict.fromkeys(pages)]
        self.client = self.pool.add_client(
            "Client",
            generate_secret=False,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            auth_flows=cognito.AuthFlow(user_srp=True),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
                callback_urls=callbacks,
                logout_urls=callbacks,
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            id_token_validity=Duration.hours(1),
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(7),
        )
        cognito.CfnManagedLoginBranding(
            self,
            "Branding",
            user_pool_id=self.pool.user_pool_id,
            client_id=self.client.user_pool_client_id,
            use_cognito_provided_values=True,
        )
        self.url = (
            f"{self.authority}/oauth2/authorize?client_id={self.client.user_pool_client_id}"
            f"&response_type=code&scope=openid+email&redirect_uri={COMMAND_LINE}"
        )


def _unique(scope: Construct) -> str:
    """`outcrop-1a2b3c4d`: a page's name is unique in a Region, across all accounts, so it has to
    contain the stack's own id.
    """
    identifier = Fn.select(2, Fn.split("/", Aws.STACK_ID))
    return f"{Stack.of(scope).stack_name.lower()}-{Fn.select(0, Fn.split('-', identifier))}"
