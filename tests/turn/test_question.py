"""How a caller's sampling changes a prompt."""

import pytest

from app.models import Prompt, user
from app.turn.question import Sampling

PROMPT = Prompt((user("Hi"),), system="s", max_tokens=100, temperature=0.0)


@pytest.mark.parametrize(
    ("sampling", "temperature", "top_p", "max_tokens", "stop"),
    [
        (Sampling(), 0.0, None, 100, ()),
        (Sampling(temperature=0.5), 0.5, None, 100, ()),
        (Sampling(top_p=0.5), None, 0.5, 100, ()),
        (Sampling(temperature=0.0, top_p=0.5), 0.0, 0.5, 100, ()),
        (Sampling(max_tokens=99), 0.0, None, 99, ()),
        (Sampling(max_tokens=101), 0.0, None, 100, ()),
        (Sampling(stop=("end",)), 0.0, None, 100, ("end",)),
    ],
)
def test_sampling_replaces_outcrops_defaults_only_where_the_caller_sets_it(
    sampling: Sampling,
    temperature: float | None,
    top_p: float | None,
    max_tokens: int,
    stop: tuple[str, ...],
) -> None:
    assert sampling.apply(PROMPT) == Prompt(
        (user("Hi"),),
        system="s",
        max_tokens=max_tokens,
        temperature=temperature,
        top_p=top_p,
        stop=stop,
    )
