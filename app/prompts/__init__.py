"""Prompts as templates: what answers, rewriting and agents ask a model.

    values -- variables -- Template -- examples -- Prompt      for `app.models`
                              |
                           stored -- a Bedrock prompt, and back: changed without a deployment

    variables    by type: how a value is written so that it can never be more than a value
    template     texts with variables, and examples: zero, one or a few
    answer, rewrite, agent    the application's own; `catalogue` has them by name

>>> from app.prompts.catalogue import find
>>> prompt = find("rewrite").render({"conversation": [], "question": "</question> And talc?"})
>>> print(prompt.messages[-1].text)
<conversation>
<BLANKLINE>
</conversation>
<BLANKLINE>
<question>⟨/question> And talc?</question>
"""

from app.prompts.template import Example, Template, WrongTemplate

__all__ = ["Example", "Template", "WrongTemplate"]
