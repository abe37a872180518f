"""One embedding engine, in a process of its own.

    python _embedding_engine.py <engine> <folder of the model's files>

Reads a JSON list of texts a line, and answers each line with an object: the vectors' bytes, the
time it took, the memory that the process holds. It runs in Outcrop's environment or in the peer's,
where mypy does not look, so it imports nothing of either at the top.
"""

import base64
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Encode = Callable[[list[str]], Any]  # (n,) -> (n, 384)


def sentence_transformers(folder: str) -> Encode:
    from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found]

    model = SentenceTransformer(folder, device="cpu")
    return lambda texts: model.encode(texts, show_progress_bar=False)


def fastembed(folder: str) -> Encode:
    import numpy as np
    from fastembed import TextEmbedding  # type: ignore[import-not-found]

    name = "sentence-transformers/all-MiniLM-L6-v2"
    model = TextEmbedding(name, specific_model_path=folder)
    return lambda texts: np.array(list(model.embed(texts)), np.float32)


def outcrop_fp32(_: str) -> Encode:
    from app.local.engine.transformer import Encoder

    return Encoder("fp32").encode


def outcrop_int8(_: str) -> Encode:
    from app.local.engine.transformer import Encoder

    return Encoder("int8").encode


ENGINES = {
    engine.__name__: engine
    for engine in (sentence_transformers, fastembed, outcrop_fp32, outcrop_int8)
}


def memory() -> dict[str, float]:
    """What this process holds in memory, MB: all of it, and what is its own (no mapped files)."""
    status = dict(re.findall(r"(\w+):\s+(\d+) kB", Path("/proc/self/status").read_text()))
    return {"all": float(status["VmRSS"]) / 1e3, "own": float(status["RssAnon"]) / 1e3}


def main(engine: str, folder: str) -> None:
    encode = ENGINES[engine](folder)
    for line in sys.stdin:
        texts = json.loads(line)
        begin, used = time.perf_counter(), time.process_time()
        vectors = encode(texts)
        seconds, processor = time.perf_counter() - begin, time.process_time() - used
        encoded = base64.b64encode(vectors.tobytes()).decode()
        answer = {"seconds": seconds, "processor": processor, "memory": memory()}
        answer["vectors"] = encoded
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
