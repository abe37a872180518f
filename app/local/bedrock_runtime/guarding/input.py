"""The prompt of a call, judged and masked before a model reads it.

InvokeModel   what guardContent tags mark; without such tags the texts of the user's turns, as the
              family's body has them, with what else is tagged in them. Attacks on the prompt are
              looked for only in what is tagged
Converse      what `blocks` says

System prompts, what the assistant said, and what tools answered are judged only where they are
marked.
"""

from collections.abc import Callable
from dataclasses import replace

from app.local.bedrock_runtime.bodies import Request
from app.local.bedrock_runtime.guarding import GuardedCall
from app.local.bedrock_runtime.guarding.blocks import contents_of, mask_contents, mask_texts
from app.local.bedrock_runtime.guarding.tags import read_tags, remove_tags
from app.local.judgement import Content, Judgement
from app.local.wire import JSON

Read = Callable[[JSON], Request]
"""What a body or a Converse request asks for. Raises InvalidBody."""


def judge_body(guard: GuardedCall, body: JSON, read: Read) -> tuple[JSON, Request]:
    """InvokeModel's body as the model gets it, and what it asks for.

    Raises:
        InvalidBody: its tags are not as they should be.
    """
    contents = read_tags(body, guard.suffix) if guard.suffix else []
    if not contents:
        request = read(body)
        judgement = guard.judge_input(_user_texts(request), attacks=False)
        return body, _masked(request, judgement)
    plain = remove_tags(body, guard.suffix, [content.text for content in contents])
    request = read(plain)
    if not any("guard_content" in content.qualifiers for content in contents):
        judgement = guard.judge_input([*_user_texts(request), *contents], attacks=False)
        return plain, _masked(request, judgement)
    judgement = guard.judge_input(contents)
    if not judgement.masks:
        return plain, request
    texts = mask_texts([content.text for content in contents], judgement.masks)
    plain = remove_tags(body, guard.suffix, texts)
    return plain, read(plain)


def judge_converse(guard: GuardedCall, params: JSON, read: Read) -> tuple[JSON, Request]:
    """A Converse request as the model gets it, and what it asks for."""
    request = read(params)
    judgement = guard.judge_input(contents_of(params))
    if not judgement.masks:
        return params, request
    params = mask_contents(params, judgement.masks)
    return params, read(params)


def _user_texts(request: Request) -> list[Content]:
    return [Content(turn.text) for turn in request.prompt.turns if turn.role == "user"]


def _masked(request: Request, judgement: Judgement) -> Request:
    """The request, the texts of its user's turns masked."""
    if not judgement.masks:
        return request
    users = [turn for turn in request.prompt.turns if turn.role == "user"]
    texts = iter(mask_texts([turn.text for turn in users], judgement.masks))
    turns = tuple(
        replace(turn, text=next(texts)) if turn.role == "user" else turn
        for turn in request.prompt.turns
    )
    return replace(request, prompt=replace(request.prompt, turns=turns))
