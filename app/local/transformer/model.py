"""all-MiniLM-L6-v2, layer by layer, as an ONNX graph.

b texts, t tokens, d = 384 dimensions, h = 12 heads of k = 32 dimensions.
"""

from collections.abc import Mapping

from app.local.transformer.graph import Graph, Tensor
from app.local.transformer.weights import Array

LAYERS = 6
DIMENSION = 384
HEADS = 12
INNER = 1536
VOCABULARY = 30522
POSITIONS = 512
EPSILON = 1e-12


def build(weights: Mapping[str, Array]) -> bytes:
    """The graph: token ids and mask (b, t) in, unit vectors (b, d) out."""
    g = Graph()
    x = embeddings(g, weights, "ids")  # (b, t, d)
    for layer in range(LAYERS):
        w = {name: array for name, array in weights.items() if f".layer.{layer}." in name}
        w = {name.split(f".layer.{layer}.")[1]: array for name, array in w.items()}
        x = attention(g, w, x, "mask")  # (b, t, d)
        x = feed_forward(g, w, x)  # (b, t, d)
    return g.model({"ids": ("b", "t"), "mask": ("b", "t")}, pool(g, x, "mask"))


def embeddings(g: Graph, w: Mapping[str, Array], ids: Tensor) -> Tensor:
    tokens = g.Gather(g.constant(w["embeddings.word_embeddings.weight"]), ids)  # (b, t, d)
    length = g.Shape(ids, start=1, end=2)  # (1,)
    places = (
        w["embeddings.position_embeddings.weight"] + w["embeddings.token_type_embeddings.weight"][0]
    )
    here = g.Slice(g.constant(places), g.constant([0]), length)  # (t, d)
    return layer_norm(g, w, "embeddings.LayerNorm", g.Add(tokens, here))


def attention(g: Graph, w: Mapping[str, Array], x: Tensor, mask: Tensor) -> Tensor:
    def heads(name: str, order: tuple[int, ...]) -> Tensor:
        y = linear(g, w, f"attention.self.{name}", x)  # (b, t, d)
        return g.Transpose(g.Reshape(y, g.constant([0, 0, HEADS, 32])), perm=order)

    q = heads("query", (0, 2, 1, 3))  # (b, h, t, k)
    k = heads("key", (0, 2, 3, 1))  # (b, h, k, t)
    v = heads("value", (0, 2, 1, 3))  # (b, h, t, k)
    scores = g.Mul(g.MatMul(q, k), g.constant(32**-0.5))  # (b, h, t, t)
    absent = g.Mul(g.Sub(g.constant(1.0), g.Cast(mask, to=1)), g.constant(-1e9))  # (b, t)
    weights = g.Softmax(g.Add(scores, g.Unsqueeze(absent, g.constant([1, 2]))), axis=-1)
    y = g.Transpose(g.MatMul(weights, v), perm=(0, 2, 1, 3))  # (b, t, h, k)
    y = linear(g, w, "attention.output.dense", g.Reshape(y, g.constant([0, 0, DIMENSION])))
    return layer_norm(g, w, "attention.output.LayerNorm", g.Add(x, y))


def feed_forward(g: Graph, w: Mapping[str, Array], x: Tensor) -> Tensor:
    y = gelu(g, linear(g, w, "intermediate.dense", x))  # (b, t, 4d)
    y = linear(g, w, "output.dense", y)  # (b, t, d)
    return layer_norm(g, w, "output.LayerNorm", g.Add(x, y))


def pool(g: Graph, x: Tensor, mask: Tensor) -> Tensor:
    """The mean over the real tokens, then unit length."""
    here = g.Unsqueeze(g.Cast(mask, to=1), g.constant([2]))  # (b, t, 1)
    total = g.ReduceSum(g.Mul(x, here), g.constant([1]), keepdims=0)  # (b, d)
    return g.LpNormalization(total, axis=1, p=2)


def linear(g: Graph, w: Mapping[str, Array], name: str, x: Tensor) -> Tensor:
    y = g.MatMul(x, g.constant(w[f"{name}.weight"].T))
    return g.Add(y, g.constant(w[f"{name}.bias"]))


def gelu(g: Graph, x: Tensor) -> Tensor:
    tail = g.Add(g.Erf(g.Div(x, g.constant(2**0.5))), g.constant(1.0))
    return g.Mul(g.Mul(x, tail), g.constant(0.5))


def layer_norm(g: Graph, w: Mapping[str, Array], name: str, x: Tensor) -> Tensor:
    scale, bias = g.constant(w[f"{name}.weight"]), g.constant(w[f"{name}.bias"])
    return g.LayerNormalization(x, scale, bias, epsilon=EPSILON)
