"""The page, from CloudFront.

    browser ──https──► CloudFront ──┬── /           index.html, config.json   ──► bucket, private
                                    ├── /assets/... files kept for good       ──► bucket
                                    └── /v1/...     never kept, as a stream   ──► firewall ──► API

Page and API have one origin, so a browser asks no leave before it calls. The path of the API is its
stage's name, so that nothing has to be rewritten. The API sees CloudFront's address in place of the
caller's: a function at the edge writes the caller's into a header, and a header with a secret shows
the firewall that the request came this way, so that it may believe that.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import (
    AssetHashType,
    Aws,
    BundlingOptions,
    CustomResource,
    DockerImage,
    Duration,
    ILocalBundling,
    RemovalPolicy,
)
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from app import resources
from app.page_files import PAGE, copy_to, digest
from app.page_policy import HSTS_SECONDS, security_headers
from infra.api import STAGE, Api
from infra.bundle import Bundle
from infra.context import Context
from infra.documents import Documents, admit
from infra.firewall import PROOF_HEADER, VIEWER_HEADER
from infra.function import Function
from infra.permissions import allow
from infra.sign_in import SignIn

BUNDLE = Bundle("page", "requirements-tools.txt", limit=65)
SILENCE = Duration.seconds(60)
"""How long CloudFront waits for a piece of a response: the longest that every account may choose.
A stream says every fifteen seconds that it is alive."""

TELL_VIEWER = f"""function handler(event) {{
  event.request.headers['{VIEWER_HEADER}'] = {{ value: event.viewer.ip }};
  return event.request;
}}
"""
"""The function at the edge. What a caller writes into that header is overwritten."""


class Page(Construct):
    """The distribution and its bucket. `publish` puts the files there, when it is known how people
    sign in.

    Attributes:
        origin: of the page, as a browser names it.
        alias: the name that the record of the page's own domain leads to; None without one.
    """

    def __init__(
        self, scope: Construct, name: str, context: Context, api: Api, documents: Documents,
        sign_in: SignIn,
    ) -> None:  # fmt: skip
        super().__init__(scope, name)
        self._context, self._documents, self._sign_in = context, documents, sign_in
        self._bucket = _bucket(self, documents)
        self.distribution = self._distribution(api)
        domain = context.page_domain or self.distribution.domain_name
        self.origin = f"https://{domain}"
        self.alias = self.distribution.domain_name if context.page_domain else None

    def publish(self) -> None:
        """Put the files into the bucket, now and at each later deployment."""
        build = assets.Asset(
            self,
            "Build",
            path=str(PAGE / "src"),
            asset_hash_type=AssetHashType.CUSTOM,
            asset_hash=digest(),
            bundling=BundlingOptions(image=DockerImage.from_registry("none"), local=_Built()),
        )
        function = Function(
            self,
            "Function",
            self._context,
            description="Puts the page's files into the bucket that CloudFront has them from.",
            bundle=BUNDLE,
            handler="lambdas.page.handler.handler",
            timeout=Duration.minutes(5),
            memory=256,
            environment={},
            allowed=[
                allow(["s3:GetObject"], build.bucket.arn_for_objects(build.s3_object_key)),
                allow(["s3:ListBucket"], self._bucket.bucket_arn),
            ],
        )
        admit(self._bucket, function.own_role, "s3:PutObject", "s3:DeleteObject")
        published = CustomResource(
            self,
            "Published",
            resource_type="Custom::Page",
            service_token=function.function_arn,
            service_timeout=Duration.minutes(5),
            properties={
                "Bucket": self._bucket.bucket_name,
                "BuildBucket": build.s3_bucket_name,
                "BuildKey": build.s3_object_key,
                "Callees": [self._documents.origin, self._sign_in.authority],
                "Application": f"/{STAGE}",
                "Authority": self._sign_in.authority,
                "Issuer": self._sign_in.issuer,
                "ClientId": self._sign_in.client.user_pool_client_id,
            },
        )
        assert self._bucket.policy
        published.node.add_dependency(self._bucket.policy)

    def _distribution(self, api: Api) -> cloudfront.Distribution:
        context = self._context
        own_name: dict[str, Any] = {}
        if context.page_domain and context.page_certificate:
            own_name = {
                "domain_names": [context.page_domain],
                "certificate": acm.Certificate.from_certificate_arn(
                    self, "Certificate", context.page_certificate
                ),
                "minimum_protocol_version": cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            }
        logs: dict[str, Any] = {}
        if context.production:
            logs = {"log_bucket": _access_logs(self, self._documents), "log_file_prefix": "page/"}
        headers = self._headers()
        bucket = origins.S3BucketOrigin.with_origin_access_control(
            self._bucket,
            origin_access_control=cloudfront.S3OriginAccessControl(
                self, "Access", origin_access_control_name=f"{context.stack}-{Aws.REGION}"
            ),
        )
        redirect = cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
        return cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{context.stack}: the page",
            default_root_object="index.html",
            default_behavior=cloudfront.BehaviorOptions(
                origin=bucket,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                viewer_protocol_policy=redirect,
                response_headers_policy=headers,
            ),
            additional_behaviors={
                "/assets/*": cloudfront.BehaviorOptions(
                    origin=bucket,
                    cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                    viewer_protocol_policy=redirect,
                    response_headers_policy=headers,
                ),
                f"/{STAGE}/*": self._application(api, headers),
            },
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=context.page_firewall,
            **own_name,
            **logs,
        )

    def _application(
        self, api: Api, headers: cloudfront.ResponseHeadersPolicy
    ) -> cloudfront.BehaviorOptions:
        """The way to the API: nothing is kept, all of a request goes on but its Host, by which API
        Gateway would look for another API, and nothing is redirected, because a token would have
        been sent in the clear by then.
        """
        assert api.firewall.proof
        return cloudfront.BehaviorOptions(
            origin=origins.HttpOrigin(
                api.domain_name,
                protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
                read_timeout=SILENCE,
                custom_headers={PROOF_HEADER: api.firewall.proof},
            ),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            compress=False,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            response_headers_policy=headers,
            function_associations=[
                cloudfront.FunctionAssociation(
                    event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                    function=cloudfront.Function(
                        self,
                        "Viewer",
                        code=cloudfront.FunctionCode.from_inline(TELL_VIEWER),
                        comment="Tells the firewall who calls",
                    ),
                )
            ],
        )

    def _headers(self) -> cloudfront.ResponseHeadersPolicy:
        """What `app.page_policy` says, with buckets of the Region in place of the documents bucket:
        that has to know the page's origin, so its name cannot be known here. index.html narrows
        it down (`lambdas/page`).
        """
        written = security_headers(Documents.ANY_ORIGIN, self._sign_in.authority)
        own = {name: value for name, value in written.items() if name not in _BEHAVIOURS}
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            response_headers_policy_name=f"{self._context.stack}-{Aws.REGION}",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=written["content-security-policy"], override=True
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=_REFERRER[written["referrer-policy"]], override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.seconds(HSTS_SECONDS), override=True
                ),
            ),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=name, value=value, override=True)
                    for name, value in sorted(own.items())
                ]
            ),
        )


_BEHAVIOURS = ("content-security-policy", "x-content-type-options", "referrer-policy")
"""The headers that CloudFront takes by names of its own only."""

_REFERRER: Mapping[str, cloudfront.HeadersReferrerPolicy] = {
    "no-referrer": cloudfront.HeadersReferrerPolicy.NO_REFERRER
}


def _bucket(scope: Construct, documents: Documents) -> s3.Bucket:
    """The bucket of the page's files. They are no secret, and each deployment makes them again: so
    they have no key of the stack's, which CloudFront would have to be let use, and they go with the
    stack, in production too.
    """
    bucket = s3.Bucket(
        scope,
        "Files",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        server_access_logs_bucket=documents.logs,
        server_access_logs_prefix="page-files/" if documents.logs else None,
        removal_policy=RemovalPolicy.DESTROY,
    )
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    resource.override_logical_id(resources.PAGE_FILES)
    return bucket


def _access_logs(scope: Construct, documents: Documents) -> s3.Bucket:
    """The bucket of CloudFront's access logs, which come hours later, so it stays when the stack is
    deleted. CloudFront writes them by an access control list, which other buckets do not have.
    """
    return s3.Bucket(
        scope,
        "AccessLogs",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        object_ownership=s3.ObjectOwnership.OBJECT_WRITER,
        server_access_logs_bucket=documents.logs,
        server_access_logs_prefix="page-logs/",
        lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(365))],
        removal_policy=RemovalPolicy.RETAIN,
    )


@jsii.implements(ILocalBundling)
class _Built:
    """Takes what `make page` has built, where the CDK would start a container."""

    def try_bundle(self, output_dir: str, *_options: Any, **_more: Any) -> bool:
        """Copy it, if it is of the sources that are there."""
        copy_to(Path(output_dir))
        return True
