"""The common part of the routes that call models or search: the account, and the start of turns."""

from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import closing
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response
from starlette.types import Receive

from app.agent import AgentContext, act, check_runner, decide
from app.answer import answer
from app.aws import Clients
from app.conversations import Conversations
from app.events import Error, Event
from app.guardrail import guard
from app.meter import Account, TurnSlot
from app.prompts.library import PromptLibrary
from app.settings import Settings
from app.tools.catalogue import lambda_tools_of
from app.turn import Answer, Question, TurnContext, collect
from app.web import responses
from app.web.principal import principal_of
from app.web.problems import problem
from app.web.schemas import Mode
from app.web.turns import Turns

E = TypeVar("E")
T = TypeVar("T")

LAST_WORDS_SECONDS = 30  # for a slow reader to read the end of a turn that has ended


def account_of(settings: Settings) -> Callable[[Request], Awaitable[Account]]:
    """The dependency that returns the account for a request's calls."""
    principal_from = principal_of(settings)

    async def account(request: Request) -> Account:  # in no thread, so that it waits for none
        state = request.app.state
        return Account(state.meter, principal_from(request), state.ledger)

    return account


async def turns_of(request: Request) -> Turns:
    """The dependency that returns the turns under way."""
    turns: Turns = request.app.state.turns
    return turns


class TurnStarter:
    """Begins the turns of every route that answers questions, behind one guard; one in an
    application.
    """

    def __init__(self, clients: Clients, settings: Settings) -> None:
        self._clients = clients
        self._settings = settings
        self._guard = guard(clients.bedrock_runtime, settings)
        self._prompts = PromptLibrary(clients.bedrock_agent, settings)
        self._tools = lambda_tools_of(clients, settings)
        check_runner(settings)

    def begin(
        self, question: Question, account: Account, *, is_whole: bool, mode: Mode = "answer"
    ) -> Generator[Event, None, None]:
        """Begin a turn. A faulty question is refused before the first byte of the response, and so
        is one for which no budget is left.

        Args:
            is_whole: whether the caller gets the whole answer at once.
            mode: whether the documents answer, or an agent.

        Raises:
            CallerError: the question is at fault, or its principal's budget is spent.
        """

        def turn(context: TurnContext) -> Generator[Event, None, None]:
            if mode == "agent":
                return act(question, AgentContext.of(context, self._tools))
            return answer(question, context)

        return self._begin(turn, account, is_whole=is_whole)

    def decide(
        self, confirmation: str, account: Account, *, confirmed: bool, is_whole: bool
    ) -> Generator[Event, None, None]:
        """Begin the turn in which a call that waited is made, or is not.

        Raises:
            CallerError: nothing waits under this id any more, or the budget is spent.
        """

        def turn(context: TurnContext) -> Generator[Event, None, None]:
            agent = AgentContext.of(context, self._tools)
            return decide(confirmation, confirmed=confirmed, context=agent)

        return self._begin(turn, account, is_whole=is_whole)

    def _begin(
        self,
        start: Callable[[TurnContext], Generator[Event, None, None]],
        account: Account,
        *,
        is_whole: bool,
    ) -> Generator[Event, None, None]:
        return begun(account, lambda: start(self._context(account, is_whole=is_whole)))

    def _context(self, account: Account, *, is_whole: bool) -> TurnContext:
        conversations = Conversations(
            self._clients.s3, self._settings.conversations_bucket, account.principal
        )
        return TurnContext(
            self._clients,
            self._settings,
            self._guard,
            conversations,
            account,
            is_whole,
            self._prompts,
        )


async def starter_of(request: Request) -> TurnStarter:
    """The dependency that returns what begins turns."""
    starter: TurnStarter = request.app.state.starter
    return starter


UnderWay = Annotated[Turns, Depends(turns_of)]
Starter = Annotated[TurnStarter, Depends(starter_of)]


def begun(
    account: Account, start: Callable[[], Generator[E, None, None]]
) -> Generator[E, None, None]:
    """The events of a turn that has begun, and counts as under way until they end.

    Raises:
        CallerError: no further turn of the principal may begin; or one of `start`.
    """
    slot = account.enter()
    try:
        turn = start()
    except BaseException:
        if slot:
            slot.leave()
        raise
    return _leaving(turn, slot) if slot else turn


def _leaving(turn: Generator[E, None, None], slot: TurnSlot) -> Generator[E, None, None]:
    """The events of a turn, which counts as under way until they end."""
    try:
        with closing(turn):
            yield from turn
    finally:
        slot.leave()


async def whole_answer(
    turns: Turns, begin: Callable[[], Generator[Event, None, None]], receive: Receive
) -> Answer | Response:
    """The answer of a turn; or the response where it failed, or where the caller is gone.

    Args:
        begin: begins the turn, in its own thread.

    Raises:
        OutcropError: the turn did not begin.
    """
    return await whole_reply(turns, lambda: collect(begin()), receive)


async def whole_reply(
    turns: Turns, reply: Callable[[], T | Error], receive: Receive
) -> T | Response:
    """What a turn comes to; or the response where it failed, or where the caller is gone.

    Args:
        reply: begins the turn and collects it, in the turn's own thread.

    Raises:
        OutcropError: the turn did not begin.
    """

    def pieces() -> tuple[T | Error]:
        return (reply(),)

    try:
        outcome = await responses.whole(turns.start(pieces), receive)
    except responses.CallerGone:
        return Response()  # the caller is gone, so any response will do
    return problem(outcome) if isinstance(outcome, Error) else outcome


async def streamed_answer(
    turns: Turns,
    lines: Callable[[], Iterable[bytes]],
    settings: Settings,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The stream of a turn, as soon as the turn has begun.

    Args:
        lines: begins the turn, in its own thread, and returns what it writes.

    Raises:
        OutcropError: the turn did not begin.
    """
    turn = turns.start(lines)
    try:
        await turn.begun
    except BaseException:
        turn.leave()
        raise
    seconds = settings.deadline_seconds + LAST_WORDS_SECONDS
    return responses.TurnStream(turn, seconds, headers)
