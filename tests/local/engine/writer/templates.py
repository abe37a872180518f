"""Prompts in the shapes that well-known tools send, around three passages of our own.

Each says what the writer has to find: the question, the passages with what they are cited by, the
mark of a citation, and the words of an abstention. The sentences of a tool are told in words of our
own but for the short phrases that the shape hangs on.
"""

from dataclasses import dataclass

from app.local.engine.writer.message.records import Passage
from app.local.engine.writer.prompt import Prompt, Turn
from app.local.engine.writer.reading import ABSTENTION, Answer, read

QUESTION = "How many litres per minute does the Hellinger pump move?"
FACT = "412 litres per minute"
PUMP = (
    "The Hellinger pump was built in Trondheim.\n"
    "At full load the Hellinger pump moves 412 litres per minute."
)
VALVE = "A Brandt valve closes in nine seconds.\n\nIt is made of bronze."
CRANE = "The Osterby crane lifts 31 tonnes. It stands at the north quay of the harbour."
TEXTS = (PUMP, VALVE, CRANE)
FILES = ("pump.md", "valve.pdf", "crane.html")
JOINED = "\n\n".join(TEXTS)
DONT_KNOW = "I don't know."


@dataclass(frozen=True)
class Template:
    """A prompt, and what has to be read in it. Passages are compared with their white space
    folded; `cited` is how the passage that holds the fact is cited.
    """

    prompt: Prompt
    passages: tuple[Passage, ...]
    mark: str | None = None
    abstention: str = ABSTENTION
    question: str = QUESTION

    @property
    def cited(self) -> str:
        label = next(one.label for one in self.passages if FACT in one.text)
        return self.mark.format(label) if self.mark else ""


def misread(template: Template) -> dict[str, object]:
    """What the writer reads otherwise than it should, by name; nothing where it reads it all."""
    task = read(template.prompt)
    if not isinstance(task, Answer):
        return {"task": task}
    read_parts = {**vars(task), "passages": _folded(task.passages)}
    wanted = {**vars(template), "passages": _folded(template.passages)}
    names = ("question", "passages", "mark", "abstention")
    return {name: read_parts[name] for name in names if read_parts[name] != wanted[name]}


def _folded(passages: tuple[Passage, ...]) -> list[tuple[str, str, str]]:
    return [(one.label, one.name, " ".join(one.text.split())) for one in passages]


def asked(message: str, system: str = "", *before: Turn) -> Prompt:
    return Prompt((*before, Turn("user", message)), system)


def one(text: str = JOINED) -> tuple[Passage, ...]:
    """All of the context as one passage that has no number."""
    return (Passage("", text),)


def numbered(start: int = 1, names: tuple[str, ...] = ("", "", "")) -> tuple[Passage, ...]:
    return tuple(
        Passage(str(number), text, name)
        for number, (text, name) in enumerate(zip(TEXTS, names, strict=True), start)
    )


def named() -> tuple[Passage, ...]:
    """Passages that are known by the name of their file."""
    return tuple(Passage(name, text, name) for name, text in zip(FILES, TEXTS, strict=True))


def each(form: str, joint: str = "\n\n", start: int = 1) -> str:
    """The passages, each in this form: {n}, {name}, {text}, and {raw} as Python writes it."""
    return joint.join(
        form.format(n=n, name=name, text=text, raw=repr(text), flat=" ".join(text.split()))
        for n, (name, text) in enumerate(zip(FILES, TEXTS, strict=True), start)
    )


REPR = "Document(id='c{n}', metadata={{'source': '{name}', 'page': 3}}, page_content={raw})"
REPRS = f"[{each(REPR, ', ')}]"
RECORDS = each("Content: {text}\nSource: {name}")
FILE_PATHS = each("file_path: {name}\n\n{text}")
NUMBERED_SOURCES = each("Source {n}:\n{text}\n")
INDENTED = each("\n    {text}\n", "")
DOCUMENT_LINES = each("Document[{n}]: {flat}", "\n")
NAMED_LINES = each("{name}: {flat}", "\n")
QUOTED = each("[{n}] \u00ab{text}\u00bb", "\n")
SEARCH_RESULTS = each(
    "<search_result>\n<content>\n{text}\n</content>\n<source>\n{n}\n</source>\n</search_result>",
    "\n",
)

WELL_KNOWN: dict[str, Template] = {
    "LangChain, expression language, Document reprs": Template(
        asked(
            "Answer the question based only on the following context:\n"
            f"{REPRS}\n\nQuestion: {QUESTION}\n"
        ),
        numbered(names=FILES),
    ),
    "LangChain hub, rag-prompt": Template(
        asked(
            "You are an assistant for question-answering tasks. Use the following pieces of "
            "retrieved context to answer the question. If you don't know the answer, just say "
            f"that you don't know. Be concise.\nQuestion: {QUESTION} \nContext: {JOINED} \nAnswer:"
        ),
        one(),
        abstention=DONT_KNOW,
    ),
    "LangChain, RetrievalQA": Template(
        asked(
            "Use the following pieces of context to answer the question at the end. If you don't "
            "know the answer, just say that you don't know, and make nothing up.\n\n"
            f"{JOINED}\n\nQuestion: {QUESTION}\nHelpful Answer:"
        ),
        one(),
        abstention=DONT_KNOW,
    ),
    "LangChain, retrieval chain: context in the system prompt": Template(
        asked(
            QUESTION,
            "Use the given context to answer the question. If you don't know the answer, say you "
            f"don't know. Use three sentences at most. Context: {JOINED}",
        ),
        one(),
        abstention=DONT_KNOW,
    ),
    "LangChain, question answering with sources": Template(
        asked(
            "Given the following extracted parts of a long document and a question, create a "
            'final answer with references ("SOURCES").\nIf you don\'t know the answer, just say '
            'that you don\'t know.\nALWAYS return a "SOURCES" part in your answer.\n\n'
            "QUESTION: Who owns the mill?\n=========\nContent: Ada owns the mill.\nSource: 28-pl\n"
            "Content: The mill is old.\nSource: 30-pl\n=========\n"
            "FINAL ANSWER: Ada owns it.\nSOURCES: 28-pl\n\n"
            f"QUESTION: {QUESTION}\n=========\n{RECORDS}\n"
            "=========\nFINAL ANSWER:"
        ),
        named(),
        abstention=DONT_KNOW,
    ),
    "LlamaIndex, text QA": Template(
        asked(
            "Context information is below.\n---------------------\n"
            f"{FILE_PATHS}\n---------------------\n"
            "Given the context information and not prior knowledge, answer the query.\n"
            f"Query: {QUESTION}\nAnswer: ",
            "You are an expert Q&A system.\nSome rules to follow:\n1. Never directly reference the "
            "given context in your answer.\n2. Avoid statements like 'Based on the context, ...'.",
        ),
        numbered(names=FILES),
    ),
    "LlamaIndex, refine": Template(
        asked(
            f"The original query is as follows: {QUESTION}\nWe have provided an existing answer: "
            "It moves water.\nWe have the opportunity to refine the existing answer (only if "
            f"needed) with some more context below.\n------------\n{JOINED}\n------------\n"
            "Given the new context, refine the original answer to better answer the query. If the "
            "context isn't useful, return the original answer.\nRefined Answer: "
        ),
        one(),
        abstention="It moves water.",
    ),
    "LlamaIndex, tree summarize": Template(
        asked(
            "Context information from multiple sources is below.\n---------------------\n"
            f"{JOINED}\n---------------------\nGiven the information from multiple sources and not "
            f"prior knowledge, answer the query.\nQuery: {QUESTION}\nAnswer: "
        ),
        one(),
    ),
    "LlamaIndex, citation query engine": Template(
        asked(
            "Please provide an answer based solely on the provided sources. When referencing "
            "information from a source, cite the appropriate source(s) using their corresponding "
            "numbers. If none of the sources are helpful, you should indicate that. For example:\n"
            "Source 1:\nThe lamp is green at noon.\nSource 2:\nThe bell rings when the lamp is "
            "green.\nQuery: When does the bell ring?\nAnswer: The bell rings when the lamp is "
            "green [2], which is at noon [1].\nNow it's your turn. Below are several numbered "
            f"sources of information:\n------\n{NUMBERED_SOURCES}\n------\n"
            f"Query: {QUESTION}\nAnswer: "
        ),
        numbered(),
        mark="[{}]",
    ),
    "Haystack, prompt builder": Template(
        asked(
            "Given the following information, answer the question.\n\nContext:\n"
            f"{INDENTED}\n\nQuestion: {QUESTION}\nAnswer:"
        ),
        one(),
    ),
    "Haystack, Document[n]": Template(
        asked(
            "Create a concise answer for a given question based solely on the given documents. "
            "Cite the documents using Document[number] notation. If the documents do not contain "
            "the answer to the question, say that 'answering is not possible given the available "
            f"information.'\n{DOCUMENT_LINES} \n "
            f"Question: {QUESTION}; Answer: "
        ),
        numbered(),
        mark="Document[{}]",
        abstention="answering is not possible given the available information.",
    ),
    "Bedrock Knowledge Bases, default": Template(
        asked(
            QUESTION,
            "You are a question answering agent. I will provide you with a set of search results. "
            "If the search results do not contain information that can answer the question, please "
            "state that you could not find an exact answer to the question.\n\n"
            "Here are the search results in numbered order:\n<search_results>\n"
            f"{SEARCH_RESULTS}"
            "\n</search_results>\n\nIf you reference a search result, cite it as "
            "<source>1</source> behind the sentence.",
        ),
        numbered(),
        mark="<source>{}</source>",
        abstention="I could not find an exact answer to the question.",
    ),
    "AWS samples, Claude with a list of contexts": Template(
        asked(
            "You answer questions by using facts and statistics when possible. Use the following "
            "pieces of information to provide a concise answer to the question enclosed in "
            "<question> tags. If you don't know the answer, just say that you don't know.\n"
            f"<context>\n{list(TEXTS)!r}\n</context>\n\n<question>\n{QUESTION}\n</question>\n\n"
            "The response should be specific and use numbers when possible."
        ),
        numbered(),
        abstention=DONT_KNOW,
    ),
    "Open WebUI": Template(
        asked(
            "### Task:\nRespond to the user query using the provided context, incorporating inline "
            "citations in the format [id] **only when the <source> tag includes an explicit id "
            'attribute** (e.g., <source id="1">).\n\n### Guidelines:\n- If you don\'t know the '
            "answer, clearly state that.\n- Do not cite if the <source> tag has no id attribute.\n"
            "- Do not use XML tags in your response.\n\n### Example of Citation:\n"
            '* "According to the study, efficiency rises by 20% [1]."\n\n### Output:\nA clear '
            "response, with inline citations in the format [id] only when the <source> tag with "
            "id attribute is present in the context.\n\n<context>\n"
            + each('<source id="{n}" name="{name}">{text}</source>', "\n")
            + f"\n</context>\n\n<user_query>\n{QUESTION}\n</user_query>\n"
        ),
        numbered(names=FILES),
        mark="[{}]",
    ),
    "Dify": Template(
        asked(
            QUESTION,
            "Use the following context as your learned knowledge, inside <context></context> XML "
            f"tags.\n\n<context>\n{JOINED}\n</context>\n\nWhen answer to user:\n- If you don't "
            "know, just say that you don't know.\n- If you are not sure, ask for clarification.\n"
            "Avoid mentioning that you obtained the information from the context.",
        ),
        one(),
        abstention=DONT_KNOW,
    ),
    "Flowise": Template(
        asked(
            QUESTION,
            "You are a helpful AI assistant. Using the provided context, answer the user's "
            "question. If there is nothing in the context relevant to the question at hand, just "
            'say "Hmm, I\'m not sure" and stop after that.\n------------\n'
            f"{JOINED}\n------------\nREMEMBER: If there is no relevant information within the "
            'context, just say "Hmm, I\'m not sure".',
        ),
        one(),
        abstention="Hmm, I'm not sure",
    ),
    "Vercel, context block": Template(
        asked(
            QUESTION,
            f"AI assistant is helpful and clever.\nSTART CONTEXT BLOCK\n{JOINED}\nEND OF CONTEXT "
            "BLOCK\nAI assistant will take into account any CONTEXT BLOCK that is provided. If the "
            "context does not provide the answer to question, the AI assistant will say, \"I'm "
            "sorry, but I don't know the answer to that question\".",
        ),
        one(),
        abstention="I'm sorry, but I don't know the answer to that question",
    ),
    "Anthropic, long context": Template(
        asked(
            "<documents>\n"
            + each(
                '<document index="{n}">\n<source>{name}</source>\n<document_content>\n{text}\n'
                "</document_content>\n</document>",
                "\n",
            )
            + f"\n</documents>\n\n{QUESTION}"
        ),
        numbered(names=FILES),
    ),
    "DSPy": Template(
        asked(
            f"[[ ## context ## ]]\n{QUOTED}\n\n"
            f"[[ ## question ## ]]\n{QUESTION}\n\nRespond with the corresponding output fields, "
            "starting with the field `[[ ## reasoning ## ]]`, then `[[ ## response ## ]]`, and "
            "then ending with the marker for `[[ ## completed ## ]]`.",
            "Your input fields are:\n1. `context` (list[str]):\n2. `question` (str):\nYour output "
            "fields are:\n1. `reasoning` (str):\n2. `response` (str):\nAll interactions will be "
            "structured in the following way.\n\n[[ ## context ## ]]\n{context}\n\n"
            "[[ ## question ## ]]\n{question}\n\n[[ ## reasoning ## ]]\n{reasoning}\n\n"
            "[[ ## response ## ]]\n{response}\n\n[[ ## completed ## ]]",
        ),
        numbered(),
    ),
    "Azure search demo: named sources": Template(
        asked(
            f"{QUESTION}\n\nSources:\n\n{NAMED_LINES}",
            "Answer ONLY with the facts listed in the list of sources below. If there isn't enough "
            "information below, say you don't know. Each source has a name followed by colon and "
            "the actual information, always include the source name for each fact you use in the "
            "response. Use square brackets to reference the source, for example [info1.txt]. "
            "Don't combine sources, list each source separately, for example "
            "[info1.txt][info2.pdf].",
        ),
        named(),
        mark="[{}]",
        abstention=DONT_KNOW,
    ),
}
