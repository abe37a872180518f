"""Takes GOAWAY(NO_ERROR) out of the bytes that an HTTP/2 client sends.

Frames are those of RFC 9113, 4.1: three bytes of length, one of type, one of flags, four of the
stream, then the payload. GOAWAY's payload (6.8) is the last stream, four bytes, then the error
code, four bytes, then what the client likes to add.
"""

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEAD = 9
GOAWAY = 7
CODE_END = HEAD + 8
NO_ERROR = bytes(4)


class GoawayFilter:
    r"""Passes on what one client sends, in the pieces in which it comes, but for that frame.

    A connection that does not begin with HTTP/2's preface is passed on as it is. What begins a
    frame is held back until it is known which frame it is: at most 17 bytes.

        >>> GoawayFilter().passed(PREFACE + bytes.fromhex("000008 07 00 00000000") + bytes(8))
        b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
        >>> GoawayFilter().passed(b"GET / HTTP/1.1")
        b'GET / HTTP/1.1'
    """

    def __init__(self) -> None:
        self._speaks_http_2 = True
        self._preface_left = PREFACE
        self._head = b""  # of a frame, as far as it has come
        self._payload_left = 0  # bytes of the frame that has begun
        self._drops = False  # whether these are the end of a goodbye

    def passed(self, data: bytes) -> bytes:
        """What the server is to read of the next bytes from the client; maybe none."""
        start = self._after_preface(data)
        if not self._speaks_http_2:
            return data
        pieces = [data[:start]]
        while start < len(data):
            if self._payload_left:
                piece = data[start : start + self._payload_left]
                self._payload_left -= len(piece)
                pieces.append(b"" if self._drops else piece)
                start += len(piece)
            else:
                end = start + self._wanted() - len(self._head)
                self._head += data[start:end]
                start = min(end, len(data))
                pieces.append(self._begun())
        return b"".join(pieces)

    def _after_preface(self, data: bytes) -> int:
        """Where frames begin in the data."""
        beginning = data[: len(self._preface_left)]
        if not self._preface_left.startswith(beginning):
            self._speaks_http_2 = False
        self._preface_left = self._preface_left[len(beginning) :]
        return len(beginning)

    def _wanted(self) -> int:
        """How many bytes of a frame tell what to do with it."""
        is_goodbye = len(self._head) >= HEAD and self._head[3] == GOAWAY
        return CODE_END if is_goodbye and _length(self._head) >= CODE_END - HEAD else HEAD

    def _begun(self) -> bytes:
        """The beginning of a frame once it is known which it is, if it is to be passed on."""
        if len(self._head) < self._wanted():
            return b""
        head, self._head = self._head, b""
        self._payload_left = HEAD + _length(head) - len(head)
        self._drops = head[HEAD + 4 :] == NO_ERROR
        return b"" if self._drops else head


def _length(head: bytes) -> int:
    return int.from_bytes(head[:3], "big")
