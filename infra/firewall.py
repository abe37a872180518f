"""The web ACL, which refuses known attacks, large bodies and too many requests."""

from collections.abc import Mapping

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from app.resources import LARGEST_BODY

CfnWebACL = waf.CfnWebACL

REQUESTS = 1000  # from one address, in five minutes

PROOF_HEADER, VIEWER_HEADER = "x-outcrop-page", "x-outcrop-viewer"
"""The headers of a request that came by CloudFront: the proof of that, and the caller's address."""

PROSE: Mapping[str, tuple[str, ...]] = {
    "AWSManagedRulesCommonRuleSet": (
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "EC2MetaDataSSRF_BODY",
    ),
    "AWSManagedRulesKnownBadInputsRuleSet": (
        "JavaDeserializationRCE_BODY",
        "Log4JRCE_BODY",
    ),
    "AWSManagedRulesAmazonIpReputationList": (),
}
"""Managed rule groups, and those of their rules that only count. A question may quote a path, a
script or an address: it is prose, and nothing here runs it. The first group's limit of a body,
8 KB, is below LARGEST_BODY."""


class Firewall(Construct):
    """A web ACL in front of one stage.

    Behind CloudFront, most requests come from its addresses, and callers are counted by the address
    that it tells. It is believed only if it sends the proof: everybody else can write that header.

    Attributes:
        proof: what CloudFront sends; None without it. Secrets Manager makes it.
    """

    def __init__(
        self, scope: Construct, name: str, stage_arn: str, *, behind_cloudfront: bool
    ) -> None:
        super().__init__(scope, name)
        self.proof = _proof(self) if behind_cloudfront else None
        rules = [_too_eager(0, self.proof), _too_large(1)]
        rules += [_managed_group(name, 2 + number) for number, name in enumerate(PROSE)]
        if self.proof:
            rules.append(_too_eager_on_page(2 + len(PROSE), self.proof))
        acl = CfnWebACL(
            self,
            "Rules",
            scope="REGIONAL",
            default_action=CfnWebACL.DefaultActionProperty(allow={}),
            rules=rules,
            visibility_config=_visibility("Requests"),
            association_config=CfnWebACL.AssociationConfigProperty(
                request_body={
                    "API_GATEWAY": CfnWebACL.RequestBodyAssociatedResourceTypeConfigProperty(
                        default_size_inspection_limit="KB_64"
                    )
                }
            ),
        )
        self.arn = acl.attr_arn
        waf.CfnWebACLAssociation(self, "Stage", resource_arn=stage_arn, web_acl_arn=acl.attr_arn)


def _proof(scope: Construct) -> str:
    secret = secretsmanager.Secret(
        scope,
        "Proof",
        description="What CloudFront shows the firewall. A new value needs a deployment.",
        generate_secret_string=secretsmanager.SecretStringGenerator(
            exclude_punctuation=True, password_length=40
        ),
        removal_policy=RemovalPolicy.DESTROY,
    )
    return secret.secret_value.unsafe_unwrap()  # a reference, which CloudFormation resolves


def _too_eager(priority: int, proof: str | None) -> CfnWebACL.RuleProperty:
    others = None
    if proof:
        others = CfnWebACL.StatementProperty(
            not_statement=CfnWebACL.NotStatementProperty(statement=_shows(proof))
        )
    rate = CfnWebACL.RateBasedStatementProperty(
        limit=REQUESTS,
        evaluation_window_sec=300,
        aggregate_key_type="IP",
        scope_down_statement=others,
    )
    return _blocking("TooEager", priority, CfnWebACL.StatementProperty(rate_based_statement=rate))


def _too_eager_on_page(priority: int, proof: str) -> CfnWebACL.RuleProperty:
    """A request with the proof that tells no address is refused: CloudFront always tells it."""
    rate = CfnWebACL.RateBasedStatementProperty(
        limit=REQUESTS,
        evaluation_window_sec=300,
        aggregate_key_type="FORWARDED_IP",
        forwarded_ip_config=CfnWebACL.ForwardedIPConfigurationProperty(
            header_name=VIEWER_HEADER, fallback_behavior="MATCH"
        ),
        scope_down_statement=_shows(proof),
    )
    statement = CfnWebACL.StatementProperty(rate_based_statement=rate)
    return _blocking("TooEagerOnPage", priority, statement)


def _shows(proof: str) -> CfnWebACL.StatementProperty:
    return CfnWebACL.StatementProperty(
        byte_match_statement=CfnWebACL.ByteMatchStatementProperty(
            field_to_match=CfnWebACL.FieldToMatchProperty(single_header={"Name": PROOF_HEADER}),
            positional_constraint="EXACTLY",
            search_string=proof,
            text_transformations=[CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )


def _too_large(priority: int) -> CfnWebACL.RuleProperty:
    body = CfnWebACL.FieldToMatchProperty(body=CfnWebACL.BodyProperty(oversize_handling="MATCH"))
    size = CfnWebACL.SizeConstraintStatementProperty(
        comparison_operator="GE",
        size=LARGEST_BODY + 1,
        field_to_match=body,
        text_transformations=[CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
    )
    return _blocking(
        "TooLarge", priority, CfnWebACL.StatementProperty(size_constraint_statement=size)
    )


def _blocking(
    name: str, priority: int, statement: CfnWebACL.StatementProperty
) -> CfnWebACL.RuleProperty:
    return CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        statement=statement,
        action=CfnWebACL.RuleActionProperty(block={}),
        visibility_config=_visibility(name),
    )


def _managed_group(name: str, priority: int) -> CfnWebACL.RuleProperty:
    counting_rules = [
        CfnWebACL.RuleActionOverrideProperty(
            name=rule, action_to_use=CfnWebACL.RuleActionProperty(count={})
        )
        for rule in PROSE[name]
    ]
    group = CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS", name=name, rule_action_overrides=counting_rules
    )
    return CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        statement=CfnWebACL.StatementProperty(managed_rule_group_statement=group),
        override_action=CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_visibility(name),
    )


def _visibility(name: str) -> CfnWebACL.VisibilityConfigProperty:
    """Metrics without samples: a sample would hold the request's headers, and the token in them."""
    return CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
