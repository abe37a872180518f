"""The server, which lets the turns under way end before it stops.

On SIGTERM it accepts no further connection. Turns have `grace` seconds to end by themselves. After
that they are cancelled, and end with an error. Readers have `last_words` more seconds to read the
end of their answers.
"""

import socket
from typing import Any

import uvicorn

from app.web.turns import Turns


class Server(uvicorn.Server):
    """uvicorn's server over an application, and the turns of that application.

    Args:
        asgi: the application.
        turns: its turns under way.
        grace: seconds that turns may take to end by themselves.
        last_words: seconds that the others may take to send their errors.
        options: uvicorn's own.
    """

    def __init__(
        self, asgi: Any, turns: Turns, *, grace: int, last_words: int, **options: Any
    ) -> None:
        super().__init__(
            uvicorn.Config(
                lambda: asgi,
                factory=True,  # else uvicorn calls the application, to learn whether it is one
                log_config=None,
                timeout_graceful_shutdown=grace + last_words,
                **options,
            )
        )
        self._turns = turns
        self._grace = grace

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._turns.stop(self._grace)
        await super().shutdown(sockets)
