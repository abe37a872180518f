"""The prompt cache: what a request need not be read again, because one before it began alike.

    key      the model, and every block up to a cache point, to the letter
    read     the longest beginning that is kept, up to a cache point or 20 blocks before one
    written  the rest, up to the last cache point at which there are tokens enough
    time     5 minutes or an hour from the last time that it was read

Nothing is saved by it here: a prompt is read again all the same. What is kept are the keys, so that
the counts are those that Bedrock would bill.

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from threading import Lock
from time import monotonic

from app.local import lazy_re as re
from app.local.bedrock_runtime.bodies import InvalidBody
from app.local.bedrock_runtime.bodies.family import Cached
from app.local.bedrock_runtime.cache_points import Piece
from app.local.bedrock_runtime.models import InvokedModel
from app.local.wire import ServiceError

MOST_POINTS = 4
_LOOKBACK = 20  # blocks before a cache point at which a kept beginning is looked for
_SECONDS = {"5m": 300.0, "1h": 3600.0}
_MOST_KEPT = 20_000

# How many tokens the beginning of a prompt has to have: of an id the first pattern.
_LEAST_TOKENS: tuple[tuple[str, int], ...] = (
    (r"anthropic\.claude-(opus|fable)-5", 512),
    (r"anthropic\.claude-opus-4-7", 2048),
    (r"anthropic\.claude-(opus-4-[56]|haiku-4-5)", 4096),
    (r"anthropic\.claude-3-5-haiku", 2048),
    (r"anthropic\.claude-3-(5-sonnet-20241022|7)", 1024),
    (r"anthropic\.claude-[a-z]+-[4-9]", 1024),
    (r"amazon\.nova-(micro|lite|pro|premier|2)", 1000),
)
_HOURS = re.compile(r"anthropic\.claude-[a-z]+-(4-[5-9](-|$)|[5-9])")


def least_tokens(model: InvokedModel) -> int | None:
    """How long a beginning has to be to be kept; None where the model has no cache."""
    return next((least for begin, least in _LEAST_TOKENS if re.match(begin, model.id)), None)


@dataclass
class _Kept:
    seconds: float
    until: float


class PromptCache:
    """The beginnings of prompts that are kept. Thread-safe."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._lock = Lock()
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()

    def use(self, model: InvokedModel, pieces: Sequence[Piece], prefix: str = "") -> Cached:
        """Read from the cache, and write to it, what a request's cache points say.

        Raises:
            InvalidBody: there are too many points, or their times are out of order.
            ServiceError: the model has no cache.
        """
        points = [place for place, piece in enumerate(pieces) if piece.ttl]
        least = least_tokens(model)
        if points and least is None:
            raise ServiceError("AccessDeniedException", _UNSUPPORTED)
        self._check(model, pieces, points, prefix)
        if not points or least is None:
            return Cached()
        keys = _keys(model.id, pieces)
        tokens = list(accumulate(piece.tokens for piece in pieces))
        with self._lock:
            now = self._now()
            read = self._read(keys, points, now)
            begin = tokens[read] if read is not None else 0
            cached = Cached(read=begin)
            for point in points:
                if tokens[point] < least or (read is not None and point <= read):
                    continue
                ttl = pieces[point].ttl
                cached = cached.with_written(tokens[point] - begin, ttl)
                begin = tokens[point]
                self._keep(keys[point], _Kept(_SECONDS[ttl], now + _SECONDS[ttl]))
            return cached

    def _check(
        self, model: InvokedModel, pieces: Sequence[Piece], points: Sequence[int], prefix: str
    ) -> None:
        if len(points) > MOST_POINTS:
            raise InvalidBody(
                f"{prefix}A maximum of {MOST_POINTS} blocks with cache_control may be provided. "
                f"Found {len(points)}."
            )
        short = False
        for point in points:
            if pieces[point].ttl == "1h" and not _HOURS.match(model.id):
                raise InvalidBody(
                    f"{prefix}{pieces[point].where}: this model keeps a prompt for 5m, and not "
                    "for 1h."
                )
            if pieces[point].ttl == "1h" and short:
                raise InvalidBody(
                    f"{prefix}{pieces[point].where}.cache_control.ttl: a ttl='1h' cache_control "
                    "block must not come after a ttl='5m' cache_control block. Note that blocks "
                    "are processed in the following order: `tools`, `system`, `messages`."
                )
            short = short or pieces[point].ttl == "5m"

    def _read(self, keys: Sequence[bytes], points: Sequence[int], now: float) -> int | None:
        """The place of the last block of the longest beginning that is kept."""
        near = {place for point in points for place in range(max(0, point - _LOOKBACK), point + 1)}
        for place in sorted(near, reverse=True):
            entry = self._kept.get(keys[place])
            if entry and entry.until > now:
                entry.until = now + entry.seconds
                self._kept.move_to_end(keys[place])
                return place
        return None

    def _keep(self, key: bytes, entry: _Kept) -> None:
        self._kept[key] = entry
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)


_UNSUPPORTED = (
    "You invoked an unsupported model or your request did not allow prompt caching. See the "
    "documentation for more information."
)


def _keys(model: str, pieces: Sequence[Piece]) -> list[bytes]:
    """The key of each beginning, up to and with each block."""
    digest = sha256(model.encode())
    keys = []
    for piece in pieces:
        digest.update(b"\0" + piece.content.encode())
        keys.append(digest.copy().digest())
    return keys
