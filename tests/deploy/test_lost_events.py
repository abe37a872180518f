"""Changes of documents whose events were given up are found at the next start of a home."""

from pathlib import Path

from app.aws import clients, deployer
from app.deploy.laptop.lost_events import has_messages
from app.deploy.laptop.names import DEAD_LETTERS, DOCUMENTS
from app.settings import Settings
from tests.flows.home import SECONDS, laptop, provisioned


def test_what_the_queue_has_given_up_is_found_at_the_next_start(tmp_path: Path) -> None:
    def deploy() -> Settings:
        settings = provisioned()
        s3, sqs = clients(SECONDS).s3, deployer(SECONDS).sqs
        s3.put_bucket_notification_configuration(Bucket=DOCUMENTS, NotificationConfiguration={})
        s3.put_object(Bucket=DOCUMENTS, Key="lost.md", Body=b"The mill was sold in 1902.")
        url = sqs.get_queue_url(QueueName=DEAD_LETTERS)["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="the event of lost.md")
        assert has_messages(sqs, DEAD_LETTERS)
        assert provisioned() == settings
        assert not has_messages(sqs, DEAD_LETTERS)
        return settings

    with laptop(tmp_path, deploy) as home:
        assert home.until("lost.md", lambda _: True)["status"] == "INDEXED"
