"""HTTP/2 with prior knowledge over a plain socket, as the AWS SDK for JavaScript speaks it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events
from hyperframe.frame import GoAwayFrame


class H2Client:
    """One connection; requests by number of their stream."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self._h2.initiate_connection()
        self._flush()

    def request(self, method: str, path: str, body: bytes = b"") -> int:
        stream = self._h2.get_next_available_stream_id()
        head = [(":method", method), (":path", path), (":scheme", "http")]
        head.append((":authority", "localhost"))
        self._h2.send_headers(stream, head, end_stream=not body)
        if body:
            self._h2.send_data(stream, body, end_stream=True)
        self._flush()
        return stream

    def events(self) -> Iterator[h2.events.Event]:
        """What arrives, of whichever stream, until the server closes the connection."""
        while data := self._socket.recv(65536):
            for event in self._h2.receive_data(data):
                if isinstance(event, h2.events.DataReceived) and event.flow_controlled_length:
                    self._h2.acknowledge_received_data(
                        event.flow_controlled_length, event.stream_id
                    )
                yield event
            self._flush()

    def say_goodbye(self, code: int = 0) -> None:
        """GOAWAY, past the library, which would take no more frames after it."""
        self._socket.sendall(GoAwayFrame(0, last_stream_id=0, error_code=code).serialize())

    def reset(self, stream: int) -> None:
        self._h2.reset_stream(stream)
        self._flush()

    def _flush(self) -> None:
        self._socket.sendall(self._h2.data_to_send())


@contextmanager
def h2_client(url: str) -> Iterator[H2Client]:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        yield H2Client(connection)
