"""Serve the application where the adapter calls it, until SIGTERM."""

import logging
import sys

from app.aws import clients
from app.budgets import ledger
from app.errors import OperatorError
from app.models.allowed import check_setting
from app.models.model import configured_model
from app.settings import Settings, inherited, read
from app.web import application
from app.web.server import Server
from lambdas.api.logs import WithGatewayRequestId, log_json

DEFAULT_PORT = "8080"  # the adapter's default
LAST_WORDS_SECONDS = 1  # of the two seconds in which an environment with an extension has to end
# The adapter drops a connection that was idle for four seconds. It has to be the one that does: a
# request sent into a connection that the server closes at that moment would be lost.
KEEP_ALIVE_SECONDS = 3600

log = logging.getLogger(__name__)


def main() -> None:
    """Read the settings, serve."""
    log_json()
    try:
        settings = read(Settings)
        configured_model(settings)
        check_setting(settings)
        if settings.auth != "api-gateway":
            raise OperatorError(
                "OUTCROP_AUTH has to be api-gateway in Lambda: by any other all callers are one."
            )
        app = application(clients(settings.deadline_seconds), settings, ledger=ledger(settings))
    except OperatorError as error:
        log.critical(error.detail)
        sys.exit(1)
    Server(
        WithGatewayRequestId(app),
        app.state.turns,
        grace=0,
        last_words=LAST_WORDS_SECONDS,
        port=int(inherited("AWS_LWA_PORT") or inherited("PORT") or DEFAULT_PORT),
        http="h11",
        ws="none",
        lifespan="off",
        server_header=False,
        access_log=False,  # API Gateway writes an access log
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    ).run()


if __name__ == "__main__":
    main()
