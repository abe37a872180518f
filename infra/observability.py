"""What one sees of it: a dashboard, and alarms that say what to look at.

All figures are the services' own; the application sends none.
"""

from collections.abc import Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.api import Api
from infra.application import Application
from infra.context import Context
from infra.documents import Documents
from infra.guardrail import Guardrail
from infra.ingest import Ingest

FIVE_MINUTES = Duration.minutes(5)


class Observability(Construct):
    """The dashboard and the alarms."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        context: Context,
        api: Api,
        application: Application,
        documents: Documents,
        ingest: Ingest,
        guardrail: Guardrail,
        key: kms.Key,
    ) -> None:
        super().__init__(scope, name)
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.days(1))
        self.url = (
            f"https://{Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region={Aws.REGION}"
            f"#dashboards/dashboard/{dashboard.dashboard_name}"
        )
