"""The API: REST, in one Region, every response streamed, in front of the application's function.

  caller ──► firewall ──► authorizer ──► request validation ──► throttle ──► API function

With page=function, it serves the page too, to whoever asks: the page has people sign in.

The function is the application behind the Lambda Web Adapter. All its responses are streams,
because the adapter's mode is set for the function and not for a route.
"""

import json
from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from app.resources import PAGE_HEADERS, SIGNING_HEADERS
from infra.context import Context
from infra.firewall import Firewall
from infra.function import Function
from infra.permissions import allow, service_role
from infra.refusals import refuse_as_problems
from infra.retention import log_group
from infra.routes import BODIES, PAGE, ROUTES
from infra.sign_in import SignIn

STAGE = "v1"
TIMEOUT = Duration.seconds(200)  # longer than the function's
REQUESTS_A_SECOND, BURST = 20, 40
LOGGING = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)

ACCESS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "address": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "milliseconds": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "error": "$context.integrationErrorMessage",
}
"""The access log of a request: its time, its source and its outcome, but nothing of its body."""

PRINCIPAL = {"cognito": "$context.authorizer.claims.sub", "iam": "$context.identity.userArn"}
"""The caller in the access log, by the way of authorization."""


class Api(Construct):
    """The API in front of a function."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        context: Context,
        function: Function,
        sign_in: SignIn | None,
    ) -> None:
        super().__init__(scope, name)
        self.access_log = log_group(self, "AccessLog", context)
        self.rest = apigateway.RestApi(
            self,
            "Rest",
            rest_api_name=context.stack,
            description="Cited answers about one's own documents.",
            endpoint_configuration=apigateway.EndpointConfiguration(
                types=[apigateway.EndpointType.REGIONAL]
            ),
            deploy_options=self._stage(context.auth),
            default_cors_preflight_options=_cors(context),
            cloud_watch_role=False,
        )
        self.rest.node.try_remove_child("Endpoint")  # the CDK would make an output of its own
        self._logs(context)
        integration = apigateway.LambdaIntegration(
            function,
            scope_permission_to_method=False,
            response_transfer_mode=apigateway.ResponseTransferMode.STREAM,
            timeout=TIMEOUT,
        )
        self._routes(integration, sign_in)
        if context.page_home == "function":
            for path in PAGE:
                self.rest.root.resource_for_path(path or "/").add_method(
                    "GET", integration, authorization_type=apigateway.AuthorizationType.NONE
                )
        refuse_as_problems(self.rest, context.origin)
        self.firewall = Firewall(
            self,
            "Firewall",
            self.rest.deployment_stage.stage_arn,
            behind_cloudfront=context.page_home == "cloudfront",
        )
        self.url = self.rest.url
        # Not by the stage, which waits for the function, which has to know the page's address.
        self.domain_name = f"{self.rest.rest_api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"
        self.origin = f"https://{self.domain_name}"
        self.page_url = f"{self.origin}/{STAGE}/"

    def _stage(self, auth: str) -> apigateway.StageOptions:
        return apigateway.StageOptions(
            stage_name=STAGE,
            access_log_destination=apigateway.LogGroupLogDestination(self.access_log),
            access_log_format=apigateway.AccessLogFormat.custom(
                json.dumps({"principal": PRINCIPAL[auth], **ACCESS})
            ),
            data_trace_enabled=False,  # it would log questions and answers
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            metrics_enabled=True,
            tracing_enabled=True,
            throttling_rate_limit=REQUESTS_A_SECOND,
            throttling_burst_limit=BURST,
        )

    def _routes(self, integration: apigateway.LambdaIntegration, sign_in: SignIn | None) -> None:
        validator = self.rest.add_request_validator(
            "Validator", validate_request_body=True, validate_request_parameters=True
        )
        models = {
            name: self.rest.add_model(
                name, model_name=name, content_type="application/json", schema=body
            )
            for name, body in BODIES.items()
        }
        who = _authorization(self, sign_in)
        for path, methods in ROUTES.items():
            resource = self.rest.root.resource_for_path(path)
            for method, body in methods.items():
                resource.add_method(
                    method,
                    integration,
                    request_validator=validator,
                    request_models={"application/json": models[body]} if body else None,
                    **who,
                )

    def _logs(self, context: Context) -> None:
        """The log that API Gateway writes its errors to, under a name of its own, and the role that
        it writes with: an account has one for all its APIs in a Region, so it stays when this stack
        is deleted, and another's is left alone.
        """
        stage = self.rest.deployment_stage
        execution = log_group(
            self,
            "ExecutionLog",
            context,
            name=f"API-Gateway-Execution-Logs_{self.rest.rest_api_id}/{STAGE}",
        )
        stage.node.add_dependency(execution)
        if context.gateway_log_role == "account":
            return
        role = service_role(self, "LogRole", "apigateway.amazonaws.com", allow(LOGGING, "*"))
        role.apply_removal_policy(RemovalPolicy.RETAIN)
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        account.apply_removal_policy(RemovalPolicy.RETAIN)
        stage.node.add_dependency(account)


def _cors(context: Context) -> apigateway.CorsOptions | None:
    if context.origin is None:
        return None
    return apigateway.CorsOptions(
        allow_origins=[context.origin],
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=[*PAGE_HEADERS, *(SIGNING_HEADERS if context.auth == "iam" else ())],
        max_age=Duration.hours(1),
    )


def _authorization(scope: Construct, sign_in: SignIn | None) -> dict[str, Any]:
    """The authorization of a method: by Cognito's token, or by IAM's signature."""
    if sign_in is None:
        return {"authorization_type": apigateway.AuthorizationType.IAM}
    return {
        "authorization_type": apigateway.AuthorizationType.COGNITO,
        "authorizer": apigateway.CognitoUserPoolsAuthorizer(
            scope, "People", cognito_user_pools=[sign_in.pool]
        ),
    }
