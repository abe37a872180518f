"""What the stand-in lets a model do is what the application knows of it."""

import pytest

from app import models
from app.local.bedrock import foundation_models
from app.local.bedrock_runtime.capabilities import capabilities


@pytest.mark.parametrize("facts", models.MODELS, ids=[facts.id for facts in models.MODELS])
def test_the_stand_in_lets_each_model_do_what_the_applications_facts_say(
    facts: models.ModelFacts,
) -> None:
    can = capabilities(foundation_models.models()[facts.id])
    assert can.tools == facts.tools
    if facts.tools:
        assert can.choices == facts.forced_choices
        assert can.streamed_tools == facts.tool_streams
    assert can.schemas == facts.schemas
