"""Measures the writer of the version of Outcrop that PYTHONPATH leads to; see `writer`.

Reads prompts from a file, and a line of standard input for each round. What it uses of Outcrop has
to be in every version that is compared.
"""

import json
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import app
from app.local.engine.encoder import TokenVectors
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Prompt, Sampling, Turn, Writer


class Timed(Encoder):
    """The encoder, with the processor time that reading texts has taken."""

    seconds = 0.0

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        began = time.process_time()
        try:
            return super().tokens(texts)
        finally:
            self.seconds += time.process_time() - began


def measured(writer: Writer, prompt: Prompt, encoder: Timed) -> tuple[float, float, str]:
    """Milliseconds of the processor, those of the encoder among them, and the answer."""
    encoder.seconds, began = 0.0, time.process_time()
    text = "".join(writer.generate(prompt, Sampling(temperature=0.0)))
    return 1e3 * (time.process_time() - began), 1e3 * encoder.seconds, text


def main() -> None:
    encoder = Timed()
    own = {"app": str(Path(app.__file__).parent)}
    prompts = [
        Prompt(tuple(Turn(role, text) for role, text in turns), system)
        for system, turns in json.loads(Path(sys.argv[1]).read_text())
    ]
    for _ in sys.stdin:
        writer = Writer(encoder, multilingual=MultilingualEncoder(encoder))  # remembers nothing
        pairs = [[measured(writer, one, encoder) for _ in range(2)] for one in prompts]
        figures = {
            "first": [first[0] for first, _ in pairs],
            "encoder": [first[1] for first, _ in pairs],
            "again": [again[0] for _, again in pairs],
            "answer": [sha256(again[2].encode()).hexdigest() for _, again in pairs],
        }
        print(json.dumps(figures | own), flush=True)


if __name__ == "__main__":
    main()
