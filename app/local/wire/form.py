"""A browser's upload to S3: a form whose last part is the file.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
"""

from collections import deque
from collections.abc import AsyncIterator

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.local.wire.call import ServiceError
from app.local.wire.request import encode_header

MOST_FIELD_BYTES = 20_000  # of all fields before the file


class Form:
    """The fields and the file of a form, read from chunks that may end anywhere.

    Attributes:
        fields: the fields before the file, by name; S3 ignores those after it.
        filename: as the browser sent it; None until the file begins.
    """

    def __init__(self, content_type: str) -> None:
        self.fields: dict[str, str] = {}
        self.filename: str | None = None
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._disposition = ""
        self._name = ""
        self._value = bytearray()
        self._size = 0
        self._in_file = False
        self._ended = False
        self._file: deque[bytes] = deque()
        self._parser = MultipartParser(
            _boundary(content_type),
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._add_header_bytes(
                    0, data[start:end]
                ),
                "on_header_value": lambda data, start, end: self._add_header_bytes(
                    1, data[start:end]
                ),
                "on_header_end": self._end_header,
                "on_headers_finished": self._open,
                "on_part_data": lambda data, start, end: self._data(data[start:end]),
                "on_part_end": self._close,
                "on_end": self._end,
            },
        )

    async def file_part(self, source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The bytes of the file. `fields` and `filename` are complete when it ends."""
        try:
            async for chunk in source:
                self._parser.write(chunk)
                while self._file:
                    yield self._file.popleft()
        except MultipartParseError as error:
            raise _malformed(str(error)) from error
        if not self._ended:
            raise _malformed("it breaks off")
        if self.filename is None:
            raise ServiceError(
                "InvalidArgument", "POST requires exactly one file upload per request."
            )

    def _begin(self) -> None:
        self._disposition, self._value = "", bytearray()

    def _add_header_bytes(self, place: int, data: bytes) -> None:
        self._header[place].extend(data)

    def _end_header(self) -> None:
        name, value = (bytes(part).decode("latin-1") for part in self._header)
        self._header = (bytearray(), bytearray())
        if name.lower() == "content-disposition":
            self._disposition = value

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name == "file" and self.filename is None:
            self.filename = options.get(b"filename", b"").decode("utf-8", "replace")
            self._in_file = True

    def _data(self, data: bytes) -> None:
        if self._in_file:
            self._file.append(data)
        if self.filename is not None:
            return
        self._size += len(data)
        if self._size > MOST_FIELD_BYTES:
            raise ServiceError(
                "MaxPostPreDataLengthExceeded",
                "Your POST request fields preceding the upload file were too large.",
            )
        self._value.extend(data)

    def _close(self) -> None:
        self._in_file = False
        if self.filename is None:
            self.fields[self._name] = self._value.decode("utf-8", "replace")

    def _end(self) -> None:
        self._ended = True


def _boundary(content_type: str) -> bytes:
    _, options = parse_options_header(encode_header(content_type))
    if boundary := options.get(b"boundary"):
        return boundary
    raise _malformed("its Content-Type has no boundary")


def _malformed(reason: str) -> ServiceError:
    message = f"The body of your POST request is not well-formed multipart/form-data: {reason}."
    return ServiceError("MalformedPOSTRequest", message)
