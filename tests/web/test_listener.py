"""The socket that the application serves on."""

import socket

import pytest

from app.errors import OperatorError
from app.web.__main__ import _listener


def test_the_listener_says_that_it_is_tcp_so_that_asyncio_sends_small_parts_at_once() -> None:
    with _listener(0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_a_port_that_is_taken_is_named_with_the_setting_that_changes_it() -> None:
    with _listener(0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(OperatorError, match=f"Port {port} cannot be had.*OUTCROP_PORT"):
            _listener(port)
