"""all-MiniLM-L6-v2, layer by layer, as an ONNX graph.

A sentence encoder of six BERT layers (Devlin et al. 2018, https://arxiv.org/abs/1810.04805),
distilled (Wang et al. 2020, https://arxiv.org/abs/2002.10957) and tuned to put sentences of the
same meaning close together.

The graph reads one text at a time. So there is no batch axis, no padding and no mask, and a
vector cannot depend on what else is being encoded. In the margin, the shape of each tensor:

    t    tokens of the text, with [CLS] and [SEP], at most 512
    d    384, the dimensions of a token
    h    12 heads, of
    k    32 dimensions each
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.local.engine.transformer.graph import Graph, Program, Tensor
from app.local.engine.transformer.weights import Array, Shape, Weights

LAYERS = 6
D = 384
HEADS = 12
VOCABULARY = 30522
POSITIONS = 512

REACH = 6.5
REACHES = {99: 19.6, 223: 18.0, 267: 16.0, 63: 15.0, 127: 15.0, 157: 12.0, 319: 10.0, 338: 10.0}
"""How far the values of a channel go from zero in a layer norm, before its scale and shift: most no
further than REACH, some as far as REACHES says. None can go further than 19.6, the root of D. They
were looked at on passages of the project's docs, random words, code and other scripts; a value that
is further is taken for the furthest.
"""
LOWEST_GELU = -0.17


def shapes() -> dict[str, Shape]:
    """The shape of every tensor of the network, by its name in the published file."""
    embeddings = {
        "embeddings.word_embeddings.weight": (VOCABULARY, D),
        "embeddings.position_embeddings.weight": (POSITIONS, D),
        "embeddings.token_type_embeddings.weight": (2, D),
        "embeddings.LayerNorm.weight": (D,),
        "embeddings.LayerNorm.bias": (D,),
    }
    layer = {
        "attention.self.query": (D, D),
        "attention.self.key": (D, D),
        "attention.self.value": (D, D),
        "attention.output.dense": (D, D),
        "attention.output.LayerNorm": (D,),
        "intermediate.dense": (4 * D, D),
        "output.dense": (D, 4 * D),
        "output.LayerNorm": (D,),
    }
    layers = {f"encoder.layer.{n}.{name}": s for n in range(LAYERS) for name, s in layer.items()}
    weights = {f"{name}.weight": shape for name, shape in layers.items()}
    biases = {f"{name}.bias": shape[:1] for name, shape in layers.items()}
    return embeddings | weights | biases


def program(weights: Weights, linear: "Linear") -> Program:
    """Compile the network: token ids, (t,), to the last layer's vectors, (t, d)."""
    g = Graph(weights)
    return g.compile("ids", MiniLM(g, linear).forward("ids"), ("t", "d"))


def open_program(
    weights: Weights, linear: "Linear"
) -> Callable[[NDArray[np.int64]], tuple[Array, Array]]:
    """Compile the network so that it can be looked into: token ids, (t,), to the last layer's
    vectors, (t, d), and every layer's attention, (layers, h, t, t).
    """
    g = Graph(weights)
    network = MiniLM(g, linear)
    vectors = network.forward("ids")
    outputs = {vectors: ("t", "d")} | dict.fromkeys(network.attention, ("h", "t", "s"))
    compute = g.compile_all("ids", outputs)

    def run(ids: NDArray[np.int64]) -> tuple[Array, Array]:
        last, *attention = compute(ids)
        return last, np.stack(attention)

    return run


class Linear(Protocol):
    """Linear layers that read the same x: y = x W^T + b, (t, in) -> (t, out) for each of them.

    Args:
        norm: the layer norm that x comes from, if it does.
        lowest: no value of x is lower, if that is known.
    """

    def __call__(
        self,
        g: Graph,
        x: Tensor,
        names: Sequence[str],
        norm: str | None = None,
        lowest: float | None = None,
    ) -> list[Tensor]: ...


class MiniLM:
    """The forward pass: each method adds its part to the graph, in the order of the data.

    Attributes:
        attention: each layer's weights: for every head, how much each token reads of each.
    """

    def __init__(self, g: Graph, linear: Linear) -> None:
        self.g = g
        self.linear = linear
        self.attention: list[Tensor] = []  # each (h, t, t)

    def forward(self, ids: Tensor) -> Tensor:
        """Token ids, (t,), to the last layer's vectors, (t, d)."""
        x, norm = self.embed(ids), "embeddings.LayerNorm"  # (t, d)
        for layer in range(LAYERS):
            x = self.attend(f"encoder.layer.{layer}.attention", x, norm)  # (t, d)
            x = self.feed_forward(f"encoder.layer.{layer}", x)  # (t, d)
            norm = f"encoder.layer.{layer}.output.LayerNorm"
        return x

    def embed(self, ids: Tensor) -> Tensor:
        """The sum of three embeddings: of the token, of its position, and of the first segment."""
        g = self.g
        token = g.Gather(g.weight("embeddings.word_embeddings.weight"), ids)  # (t, d)
        places = g.weight("embeddings.position_embeddings.weight")  # (512, d)
        place = g.Slice(places, g.constant([0]), g.Shape(ids))  # (t, d)
        kind = g.Gather(
            g.weight("embeddings.token_type_embeddings.weight"), g.constant([0])
        )  # (1, d)
        return self.norm("embeddings.LayerNorm", g.Add(g.Add(token, place), kind))

    def attend(self, name: str, x: Tensor, norm: str) -> Tensor:
        """Multi-head self-attention over what a layer norm gave."""
        g = self.g
        names = [f"{name}.self.{part}" for part in ("query", "key", "value")]
        qkv = self.linear(g, x, names, norm)  # 3 of (t, d)
        q, k, v = (g.Reshape(y, g.constant([0, HEADS, -1])) for y in qkv)  # (t, h, k)
        q = g.Transpose(q, perm=(1, 0, 2))  # (h, t, k)
        k = g.Transpose(k, perm=(1, 2, 0))  # (h, k, t)
        v = g.Transpose(v, perm=(1, 0, 2))  # (h, t, k)
        scores = g.Mul(g.MatMul(q, k), g.constant((D / HEADS) ** -0.5))  # (h, t, t)
        self.attention.append(g.Softmax(scores, axis=-1))
        y = g.MatMul(self.attention[-1], v)  # (h, t, k)
        y = g.Reshape(g.Transpose(y, perm=(1, 0, 2)), g.constant([0, D]))  # (t, d)
        [y] = self.linear(g, y, [f"{name}.output.dense"])  # (t, d)
        return self.norm(f"{name}.output.LayerNorm", g.Add(x, y))

    def feed_forward(self, name: str, x: Tensor) -> Tensor:
        """The feed-forward layer, for each token by itself."""
        g = self.g
        norm = f"{name}.attention.output.LayerNorm"
        [y] = self.linear(g, x, [f"{name}.intermediate.dense"], norm)  # (t, 4d)
        [y] = self.linear(g, g.Gelu(y), [f"{name}.output.dense"], lowest=LOWEST_GELU)  # (t, d)
        return self.norm(f"{name}.output.LayerNorm", g.Add(x, y))

    def norm(self, name: str, x: Tensor) -> Tensor:
        scale, shift = self.g.weight(f"{name}.weight"), self.g.weight(f"{name}.bias")  # (d,)
        return self.g.LayerNormalization(x, scale, shift, epsilon=1e-12)
