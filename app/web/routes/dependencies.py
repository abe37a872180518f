"""The common part of the routes that call models or search: the account, and the start of turns."""

from collections.abc import Awaitable, Callable, Generator

from fastapi import Request

from app.answer import Question, TurnContext, answer
from app.aws import Clients
from app.conversations import Conversations
from app.events import Event
from app.guardrail import guard
from app.meter import Account
from app.settings import Settings
from app.web.principal import principal_of
from app.web.turns import Turns

LAST_WORDS_SECONDS = 30  # for a slow reader to read the end of a turn that has ended


def account_of(settings: Settings) -> Callable[[Request], Awaitable[Account]]:
    """The dependency that returns the account for a request's calls."""
    principal_from = principal_of(settings)

    async def account(request: Request) -> Account:  # in no thread, so that it waits for none
        return Account(request.app.state.meter, principal_from(request))

    return account


async def turns_of(request: Request) -> Turns:
    """The dependency that returns the turns under way."""
    turns: Turns = request.app.state.turns
    return turns


class TurnStarter:
    """Begins the turns of every route that answers questions, behind one guard."""

    def __init__(self, clients: Clients, settings: Settings) -> None:
        self._clients = clients
        self._settings = settings
        self._guard = guard(
            clients.bedrock_runtime, settings.guardrail_id, settings.guardrail_version
        )

    def begin(self, question: Question, account: Account) -> Generator[Event, None, None]:
        """Begin a turn. A faulty question is refused before the first byte of the response.

        Raises:
            CallerError: the question is at fault.
        """
        conversations = Conversations(
            self._clients.s3, self._settings.conversations_bucket, account.principal
        )
        return answer(
            question,
            TurnContext(self._clients, self._settings, self._guard, conversations, account),
        )
