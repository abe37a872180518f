"""The writer: a prompt in, an answer out, piece by piece."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from hashlib import sha256
from random import Random

from app.local import lazy_re as re
from app.local.engine.corrections import Nearest, corrected, nearest_of
from app.local.engine.encoder import TokenEncoder
from app.local.engine.writer import small_talk
from app.local.engine.writer.calls import write_calls
from app.local.engine.writer.categories import Sort, judge_by, sort_into, sorted_text
from app.local.engine.writer.choice import Choice, language_of
from app.local.engine.writer.counting import count_tokens
from app.local.engine.writer.decomposition import decompose
from app.local.engine.writer.limits import limited, pieces
from app.local.engine.writer.multilingual import WordEncoder
from app.local.engine.writer.multilingual import small_talk as talk
from app.local.engine.writer.overview import asks_for_all, titles
from app.local.engine.writer.planning import Call, Planning, decide
from app.local.engine.writer.prompt import Prompt, Sampling
from app.local.engine.writer.question import shortened, words
from app.local.engine.writer.reading import (
    Answer,
    Decompose,
    Other,
    Retell,
    Rewrite,
    read,
)
from app.local.engine.writer.recaps import Recap, sum_up
from app.local.engine.writer.rewrite import about_conversation, rewrite, understand
from app.local.engine.writer.searches import CitedSearch, searches
from app.local.engine.writer.selection.odds import Odds
from app.local.engine.writer.thoughts import answering, behind
from app.local.engine.writer.wording import Wording, abstained, answered, overview
from app.local.engine.writer.writing import Generation, ModelError, Written

_WORD = re.compile(r"[a-z]{3,}")
ABOUT = (
    "I am Outcrop's stand-in model. I answer questions with sentences from the passages in the "
    "prompt, call tools and fill schemas with what is said, and can do nothing else. For a model "
    "that can, start an OpenAI-compatible server such as Ollama, and name it in "
    "OUTCROP_LOCAL_MODEL_URL."
)
_NOTHING = "The prompt holds no passages to answer from, and asks for what I cannot do."
_TOLD = "I answer from what the tools returned, or ask for what a tool still needs."
_REWRITTEN = "I put the question and what was said before it into one question."
_SUMMED_UP = "I listed what was asked, and the key sentences of the answers."
_RETOLD = "I put the answer into no other words, since I have none."
_DECOMPOSED = "I took the question apart into those that it is made of."
HELP = (
    "Ask a question about the documents. I answer with sentences, tables and code that stand in "
    "them, word for word, and say where."
)


class Writer:
    """The extractive model. Thread-safe; the same request gets the same answer.

    Args:
        encoder: compares texts, and counts their tokens.
        planner: decides which tools to call and finds the values of a structured answer. Without
            one the model uses no tools.
        multilingual: compares texts of other languages than English, and across languages. Without
            one they are compared as if they were English.
    """

    def __init__(
        self,
        encoder: TokenEncoder,
        planner: Planning | None = None,
        multilingual: WordEncoder | None = None,
    ) -> None:
        self._encoder = encoder
        self._planner = planner
        self._choice = Choice(encoder, multilingual)

    @property
    def uses_tools(self) -> bool:
        return self._planner is not None

    def count(self, prompt: Prompt) -> int:
        return count_tokens(prompt, self._encoder.count)

    async def write(self, prompt: Prompt, sampling: Sampling) -> Written:
        """The answer, all of it, computed in a thread."""
        return await asyncio.to_thread(self._write, prompt, sampling)

    def _write(self, prompt: Prompt, sampling: Sampling) -> Written:
        spans = self._encoder.spans
        results = searches(prompt.unbegun())
        must = prompt.tool_choice.kind in ("any", "tool")
        plan = None if results and must else decide(self._planner, prompt.unbegun())
        if results and not (plan and plan.calls):
            lead = self._planner.tell(prompt.unbegun()) if self._planner else ""
            return self._found(results, sampling, self.count(prompt), lead)
        if plan and plan.calls:
            calls = plan.calls if prompt.tool_choice.parallel else plan.calls[:1]
            thoughts = f"Of {len(prompt.tools)} tools, {_listed(calls)} fits what is asked."
            room = answering(sampling, thoughts, spans)
            written = write_calls(calls, prompt, room, spans, self.count(prompt))
            return behind(thoughts, written, sampling, spans)
        if plan and plan.text:
            thinks = sampling.thinking if prompt.output_schema is None else None
            sampling = replace(sampling, thinking=thinks)
            room = answering(sampling, _TOLD, spans)
            written = Written.of(self._generation(Wording(plan.text), prompt, room))
            return behind(_TOLD, written, sampling, spans)
        if prompt.output_schema is not None:
            raise ModelError(
                "The stand-in model fills a schema with values that stand in the text, and found "
                "none that make up a whole answer."
            )
        return self._said(prompt, sampling, self.count(prompt))

    def _said(self, prompt: Prompt, sampling: Sampling, tokens: int) -> Written:
        """The answer in words, behind what was thought."""
        return self._worded(self._answer(prompt, sampling), prompt, sampling, tokens)

    def _found(
        self, results: Sequence[CitedSearch], sampling: Sampling, tokens: int, lead: str
    ) -> Written:
        """What the searches of tools answer, behind what other results tell."""
        answer = Wording("")
        for search in results:
            part = self._answer(search.prompt, sampling).beyond(*search.earlier)
            answer = part.after(answer.text, answer.citations) if answer.text else part
        answer = answer.after(lead) if lead else answer
        return self._worded(answer, results[-1].prompt, sampling, tokens)

    def _worded(self, answer: Wording, prompt: Prompt, sampling: Sampling, tokens: int) -> Written:
        spans = self._encoder.spans
        room = answering(sampling, answer.thoughts, spans)
        written = Written.of(self._generation(answer, prompt, room, tokens))
        return behind(answer.thoughts, written, sampling, spans)

    def odds(self, question: str, texts: Sequence[str]) -> Odds | None:
        """The candidates of these passages for the answer to a question, with their scores; None if
        there is none.
        """
        return self._choice.odds(question, texts)

    def generate(self, prompt: Prompt, sampling: Sampling) -> Generation:
        """The answer in words, with no regard to tools."""
        return self._generation(self._answer(prompt, sampling), prompt, sampling)

    def _generation(
        self, answer: Wording, prompt: Prompt, sampling: Sampling, tokens: int | None = None
    ) -> Generation:
        tokens = self.count(prompt) if tokens is None else tokens
        answer = answer.behind(prompt.prefill)
        source = limited(pieces(answer.text), sampling, self._encoder.spans, tokens)
        return Generation(source, tokens, answer.citations)

    def _answer(self, prompt: Prompt, sampling: Sampling) -> Wording:
        answer = self._about(prompt, sampling)
        return answer.beside(prompt.unbegun().turns[-1].all_images)

    def _about(self, prompt: Prompt, sampling: Sampling) -> Wording:
        match read(prompt.unbegun()):
            case Answer() as task:
                return self._from_passages(task, prompt, sampling)
            case Rewrite(question, conversation):
                return Wording(rewrite(question, conversation), thoughts=_REWRITTEN)
            case Decompose(question, conversation):
                return Wording("\n".join(decompose(question, conversation)), thoughts=_DECOMPOSED)
            case Sort() as sort:
                judge = partial(judge_by, self._encoder)
                letter, reason = sort_into(sort, judge, self._planner)
                return Wording(sorted_text(letter, reason), thoughts=reason)
            case Retell(text):
                return Wording(f"<final_response>{text}</final_response>", thoughts=_RETOLD)
            case Recap(conversation):
                summary = sum_up(conversation, self._encoder)
                return Wording(f"<summary>\n{summary}\n</summary>", thoughts=_SUMMED_UP)
            case Other():
                return Wording(ABOUT, thoughts=_NOTHING)

    def _from_passages(self, task: Answer, prompt: Prompt, sampling: Sampling) -> Wording:
        question = corrected(shortened(task.question), self._encoder, _nearest_in(task))
        task = replace(task, question=question)
        if small := small_talk.reply(question):
            return Wording(small)
        if small_talk.asks_for_help(question):
            return Wording(HELP)
        if offer := talk.help_in(question):
            return Wording(offer)
        meaning = understand(question, task.conversation)
        for_all = asks_for_all(question) or talk.asks_for_all(question)
        of_it = bool(meaning.last) and "it" in words(question)  # "What is in it?", of something
        if for_all and not of_it and (lines := titles(task.passages)):
            return overview(lines, task)
        if reply := about_conversation(meaning, task.abstention):
            return Wording(reply)
        answer = self._choice.of(task, meaning, sampling, _random(prompt, sampling))
        return answered(answer, task) if answer.candidates else abstained(task, language_of(task))


def _nearest_in(task: Answer) -> Nearest:
    """Chooses from the words of the passages and of the conversation. They are looked at when it is
    first asked: few questions have a word that may be misspelled.
    """

    @cache
    def known() -> Nearest:
        texts = [f"{one.name}\n{one.text}" for one in task.passages]
        texts += [turn.text for turn in task.conversation]
        return nearest_of(word for text in texts for word in _WORD.findall(text.casefold()))

    def nearest(word: str) -> str | None:
        return known()(word)

    return nearest


def _listed(calls: Sequence[Call]) -> str:
    return ", ".join(dict.fromkeys(call.name for call in calls))


def _random(prompt: Prompt, sampling: Sampling) -> Random:
    """Seeded by the request: the same one draws the same."""
    return Random(sha256(repr((prompt, sampling)).encode()).digest())  # noqa: S311 - no secret
