"""The writer: a prompt in, an answer out, piece by piece."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from hashlib import sha256
from random import Random

from app.local.engine.corrections import Nearest, corrected, nearest_of
from app.local.engine.encoder import TokenEncoder
from app.local.engine.languages import ENGLISH, Language, detect, how_to_in_english, tell
from app.local.engine.writer import small_talk
from app.local.engine.writer.calls import write_calls
from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.categories import Sort, judge_by, sort_into, sorted_text
from app.local.engine.writer.content import Image, Quote
from app.local.engine.writer.counting import count_tokens
from app.local.engine.writer.decomposition import decompose
from app.local.engine.writer.english import EnglishChoice
from app.local.engine.writer.images import unseen
from app.local.engine.writer.limits import limited, pieces
from app.local.engine.writer.multilingual import MultilingualChoice, WordEncoder
from app.local.engine.writer.multilingual import small_talk as talk
from app.local.engine.writer.odds import Odds
from app.local.engine.writer.overview import asks_for_all, titles
from app.local.engine.writer.planning import Call, Planning, decide
from app.local.engine.writer.prompt import (
    Citation,
    Generation,
    ModelError,
    Prompt,
    Sampling,
    Written,
)
from app.local.engine.writer.question import Question
from app.local.engine.writer.quotes import quote
from app.local.engine.writer.reading import (
    Answer,
    Decompose,
    Other,
    Retell,
    Rewrite,
    read,
)
from app.local.engine.writer.recaps import Recap, sum_up
from app.local.engine.writer.records import Passage
from app.local.engine.writer.rendering import marks, render
from app.local.engine.writer.repetition import Repetition
from app.local.engine.writer.rewrite import Meaning, about_conversation, rewrite, understand
from app.local.engine.writer.said import Said
from app.local.engine.writer.searches import CitedSearch, searches
from app.local.engine.writer.siblings import steps
from app.local.engine.writer.thoughts import answering, behind, considered

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
        self._multilingual = MultilingualChoice(multilingual) if multilingual else None
        self._planner = planner
        self._english = EnglishChoice(encoder)

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
            written = Written.of(self._generation(_Text(plan.text), prompt, room))
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
        answer = _Text("")
        for search in results:
            part = self._answer(search.prompt, sampling).beyond(*search.earlier)
            answer = part.after(answer.text, answer.citations) if answer.text else part
        answer = answer.after(lead) if lead else answer
        return self._worded(answer, results[-1].prompt, sampling, tokens)

    def _worded(self, answer: "_Text", prompt: Prompt, sampling: Sampling, tokens: int) -> Written:
        spans = self._encoder.spans
        room = answering(sampling, answer.thoughts, spans)
        written = Written.of(self._generation(answer, prompt, room, tokens))
        return behind(answer.thoughts, written, sampling, spans)

    def generate(self, prompt: Prompt, sampling: Sampling) -> Generation:
        """The answer in words, with no regard to tools."""
        return self._generation(self._answer(prompt, sampling), prompt, sampling)

    def _generation(
        self, answer: "_Text", prompt: Prompt, sampling: Sampling, tokens: int | None = None
    ) -> Generation:
        tokens = self.count(prompt) if tokens is None else tokens
        answer = answer.behind(prompt.prefill)
        source = limited(pieces(answer.text), sampling, self._encoder.spans, tokens)
        return Generation(source, tokens, answer.citations)

    def _answer(self, prompt: Prompt, sampling: Sampling) -> "_Text":
        answer = self._about(prompt, sampling)
        return _and_unseen(answer, prompt.unbegun().turns[-1].all_images)

    def _about(self, prompt: Prompt, sampling: Sampling) -> "_Text":
        match read(prompt.unbegun()):
            case Answer() as task:
                question = corrected(task.question, self._encoder, _nearest_in(task))
                task = replace(task, question=question)  # the same task
                if small := small_talk.reply(task.question):
                    return _Text(small)
                if small_talk.asks_for_help(task.question):
                    return _Text(HELP)
                if offer := talk.help_in(task.question):
                    return _Text(offer)
                for_all = asks_for_all(task.question) or talk.asks_for_all(task.question)
                if for_all and (lines := titles(task.passages)):
                    return _overview(lines, task)
                meaning = understand(task.question, task.conversation)
                if reply := about_conversation(meaning, task.abstention):
                    return _Text(reply)
                answer = self._say(task, meaning, sampling, _random(prompt, sampling))
                return _written(answer, task) if answer.candidates else _abstained(task)
            case Rewrite(question, conversation):
                return _Text(rewrite(question, conversation), thoughts=_REWRITTEN)
            case Decompose(question, conversation):
                return _Text("\n".join(decompose(question, conversation)), thoughts=_DECOMPOSED)
            case Sort() as sort:
                judge = partial(judge_by, self._encoder)
                letter, reason = sort_into(sort, judge, self._planner)
                return _Text(sorted_text(letter, reason), thoughts=reason)
            case Retell(text):
                return _Text(f"<final_response>{text}</final_response>", thoughts=_RETOLD)
            case Recap(conversation):
                summary = sum_up(conversation, self._encoder)
                return _Text(f"<summary>\n{summary}\n</summary>", thoughts=_SUMMED_UP)
            case Other():
                return _Text(ABOUT, thoughts=_NOTHING)

    def _say(self, task: Answer, meaning: Meaning, sampling: Sampling, random: Random) -> Said:
        """What makes the answer; no candidates where the passages hold none."""
        said_in = _language(task)
        texts = [one.text for one in task.passages]
        names = [one.name for one in task.passages]
        possible = [*candidates(texts, names), *steps(Question(meaning.question), texts)]
        if meaning.move == "after":
            return Said(Repetition(meaning, possible).behind())
        if self._multilingual is None:
            return self._english.of(meaning, possible, names, sampling, random)
        if said_in.code == "en":
            answer = self._english.of(meaning, possible, names, sampling, random)
            foreign = [number for number, one in enumerate(texts) if detect(one).code != "en"]
            if answer.candidates or not foreign:
                return answer
            possible = [one for one in possible if one.passage in foreign]
        elif how_to := how_to_in_english(meaning.question):
            english = [one for one in possible if detect(texts[one.passage]).code == "en"]
            in_english = replace(meaning, question=how_to, language=ENGLISH)
            answer = self._english.of(in_english, english, names, sampling, random)
            if answer.candidates and len(english) == len(possible):
                return answer
        return self._multilingual.of(meaning, said_in, possible, task.passages, sampling, random)

    def odds(self, question: str, texts: Sequence[str]) -> Odds | None:
        """The candidates of these passages for the answer to a question, with their scores; None if
        there is none.
        """
        meaning = understand(question, ())
        possible = [
            *candidates(texts, [""] * len(texts)),
            *steps(Question(meaning.question), texts),
        ]
        language = tell(question) or ENGLISH
        if language.code == "en" or self._multilingual is None:
            return self._english.odds(meaning, possible, [""] * len(texts))
        passages = [Passage(str(n), text) for n, text in enumerate(texts, 1)]
        return self._multilingual.odds(meaning, language, possible, passages)


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


@dataclass(frozen=True)
class _Text:
    text: str
    citations: tuple[Citation, ...] = ()
    thoughts: str = ""

    def behind(self, begun: str) -> "_Text":
        """What is still to be said where an answer has begun so. Another beginning changes nothing:
        no sentence is cut, and none is made to fit.
        """
        if not begun or not self.text.startswith(begun):
            return self
        length = len(begun)
        rest = (
            replace(one, start=max(one.start - length, 0), end=one.end - length)
            for one in self.citations
            if one.end > length
        )
        return replace(self, text=self.text[length:], citations=tuple(rest))

    def after(self, lead: str, cited: tuple[Citation, ...] = ()) -> "_Text":
        """The text behind another one, which cites too."""
        lead = f"{lead}\n\n"
        citations = (
            replace(one, start=one.start + len(lead), end=one.end + len(lead))
            for one in self.citations
        )
        return replace(self, text=f"{lead}{self.text}", citations=(*cited, *citations))

    def beyond(self, documents: int, results: int) -> "_Text":
        """The text, whose quotes are of documents and search results behind so many others."""

        def moved(one: Quote) -> Quote:
            more = results if one.kind == "search_result" else documents
            return replace(one, source=one.source + more)

        citations = (replace(one, quotes=tuple(map(moved, one.quotes))) for one in self.citations)
        return replace(self, citations=tuple(citations))


def _written(answer: Said, task: Answer) -> _Text:
    """The sentences, one after the other, each with its mark, laid out as the prompt asks."""
    sentences = answer.candidates
    labels = tuple(task.passages[one.passage].label for one in sentences)
    layout = task.layout
    thoughts = considered(task.question, labels, len(task.passages))
    text = layout.opened(considered("", labels, len(task.passages)))
    citations = []
    for place, (one, label) in enumerate(zip(sentences, labels, strict=True)):
        if place:
            apart = layout.joint == " " and (one.block or sentences[place - 1].block)
            text += "\n\n" if apart else layout.joint
        text += layout.before
        text += f"{answer.before} " if answer.before and not place else ""
        start = len(text)
        text += render(one, task.mark and marks(task.mark, one, task.passages))
        quoted = quote(one.text, task.places[one.passage]) if task.places else None
        quotes = (quoted,) if quoted else ()
        citations.append(Citation(start, len(text), (label,), quotes))
        also = () if one.ends_in is None else (task.passages[one.ends_in].label,)
        text += layout.cited((label, *also))
    text += f"{layout.joint}{answer.behind}" if answer.behind else ""
    return _Text(text + layout.closed(labels), tuple(citations), thoughts)


def _and_unseen(answer: _Text, images: Sequence[Image]) -> _Text:
    """The answer, and what is known of the images that it has no regard to."""
    return replace(answer, text=f"{answer.text}\n\n{unseen(images)}") if images else answer


def _overview(lines: Sequence[tuple[int, str]], task: Answer) -> _Text:
    """What each document is about, a line each."""
    shown = []
    for place, line in lines:
        label, layout = task.passages[place].label, task.layout
        item = f"- {line} {task.mark.format(label)}" if task.mark else f"- {line}"
        shown.append(f"{layout.before}{item}{layout.cited((label,))}")
    return _Text("\n".join(shown))


def _language(task: Answer) -> Language:
    """The language of a question; of the conversation, if the question is too short to tell."""
    earlier = (turn.text for turn in reversed(task.conversation) if turn.role == "user")
    languages = (tell(text) for text in (task.question, *earlier))
    return next(filter(None, languages), ENGLISH)


def _abstained(task: Answer) -> _Text:
    said_in = _language(task)
    if task.translated and said_in.says:
        return _Text(f"{task.translated} {said_in.says['abstention']}")
    layout = task.layout
    lead = layout.opened(considered("", (), len(task.passages)))
    thoughts = considered(task.question, (), len(task.passages))
    return _Text(f"{lead}{task.abstention}{layout.closed(())}".rstrip(" "), (), thoughts)


def _listed(calls: Sequence[Call]) -> str:
    return ", ".join(dict.fromkeys(call.name for call in calls))


def _random(prompt: Prompt, sampling: Sampling) -> Random:
    """Seeded by the request: the same one draws the same."""
    return Random(sha256(repr((prompt, sampling)).encode()).digest())  # noqa: S311 - no secret
