"""Kin of the well-known prompts: other labels, tags, orders, and languages of the frame."""

import json

from app.local.engine.writer.message.records import Passage
from app.local.engine.writer.prompt import Turn
from tests.local.engine.writer.templates import (
    FILES,
    JOINED,
    QUESTION,
    TEXTS,
    Template,
    asked,
    each,
    named,
    numbered,
    one,
)

PAIRS = tuple(zip(TEXTS, FILES, strict=True))
CONTENT = json.dumps([{"content": text, "source": name} for text, name in PAIRS])
TITLED = json.dumps([{"text": text, "title": name} for text, name in PAIRS], indent=2)
RESULTS = json.dumps(
    {"results": [{"page_content": text, "metadata": {"source": name}} for text, name in PAIRS]}
)
RETRIEVED = [
    {
        "content": {"text": text, "type": "TEXT"},
        "location": {"type": "S3", "s3Location": {"uri": name}},
        "score": 0.5,
    }
    for text, name in PAIRS
]


def tagged(tag: str) -> str:
    return each(f"<{tag}>{{text}}</{tag}>", "\n")


def under_headings(prefix: str = "##", lead: str = "") -> tuple[Passage, ...]:
    return tuple(
        Passage(str(place), f"{prefix} {lead}{name}\n{text}", f"{lead}{name}")
        for place, (text, name) in enumerate(PAIRS, 1)
    )


KIN: dict[str, Template] = {
    "json list": Template(
        asked(f"Answer from this JSON of search results:\n{CONTENT}\n\nQuestion: {QUESTION}"),
        numbered(names=FILES),
    ),
    "json indented in fence": Template(
        asked(f"Context:\n```json\n{TITLED}\n```\n\nQuestion: {QUESTION}"),
        numbered(names=FILES),
    ),
    "json object results": Template(
        asked(f"<context>{RESULTS}</context>\n{QUESTION}"),
        numbered(names=FILES),
    ),
    "json lines": Template(
        asked(
            "Context:\n"
            + "\n".join(json.dumps({"text": t, "url": n}) for t, n in PAIRS)
            + f"\n\nQuestion: {QUESTION}"
        ),
        numbered(names=FILES),
    ),
    "KB retrieve results repr": Template(
        asked(f"<context>\n{RETRIEVED!r}\n</context>\n<question>{QUESTION}</question>"),
        numbered(names=FILES),
    ),
    "docs with question first": Template(asked(f"{QUESTION}\n\nContext:\n{JOINED}"), one()),
    "question first, numbered": Template(
        asked(f"{QUESTION}\n\n" + each("[{n}] {text}")), numbered()
    ),
    "question first, xml": Template(
        asked(f"{QUESTION}\n\n<documents>\n{tagged('document')}\n</documents>"), numbered()
    ),
    "any tag": Template(
        asked(f"Use the articles to answer.\n{tagged('kb_entry')}\n\n{QUESTION}"), numbered()
    ),
    "any tag in system": Template(
        asked(QUESTION, f"Use the material to answer; cite like [1].\n{tagged('faq')}"),
        numbered(),
        mark="[{}]",
    ),
    "title attr": Template(
        asked(
            "<articles>\n"
            + each('<article title="{name}">{text}</article>', "\n")
            + f"\n</articles>\n{QUESTION}"
        ),
        numbered(names=FILES),
    ),
    "md headings": Template(
        asked("# Context\n\n" + each("## {name}\n{text}") + f"\n\n# Question\n{QUESTION}"),
        under_headings(),
    ),
    "rules between": Template(
        asked("Context:\n" + each("{text}", "\n---\n") + f"\n\nQuestion: {QUESTION}"), numbered()
    ),
    "title content records": Template(
        asked(
            "Documents:\n\n"
            + each("Title: {name}\nContent: {text}")
            + f"\n\nQuestion: {QUESTION}\nAnswer:"
        ),
        numbered(names=FILES),
    ),
    "german": Template(
        asked(
            "Beantworte die Frage nur anhand des folgenden Kontexts. Wenn die "
            "Antwort nicht darin steht, antworte mit „Das weiß ich nicht.“\n"
            f"\nKontext:\n{JOINED}\n\nFrage: {QUESTION}\nAntwort:"
        ),
        one(),
        abstention="Das weiß ich nicht.",
    ),
    "french": Template(
        asked(
            "Réponds à la question à partir du contexte suivant. Si la réponse "
            "n'y est pas, dis « Je ne sais pas. »\n\nContexte :\n"
            f"{JOINED}\n\nQuestion : {QUESTION}\nRéponse :"
        ),
        one(),
        abstention="Je ne sais pas.",
    ),
    "spanish": Template(asked(f"Contexto:\n{JOINED}\n\nPregunta: {QUESTION}\nRespuesta:"), one()),
    "portuguese": Template(
        asked(
            f"Responda com base no contexto.\n\nContexto: {JOINED}\n"
            f"\nPergunta: {QUESTION}\n\nResposta:"
        ),
        one(),
    ),
    "italian": Template(asked(f"Contesto:\n{JOINED}\n\nDomanda: {QUESTION}\nRisposta:"), one()),
    "japanese": Template(
        asked(
            "以下のコンテキストを使って質問に答えてください。わからない場合は「わかりません」と答えてください。\n"
            f"\nコンテキスト:\n{JOINED}\n\n質問\uff1a{QUESTION}\n回答\uff1a"
        ),
        one(),
        abstention="わかりません",
    ),
    "chinese": Template(
        asked(
            f"根据以下上下文回答问题。如果不知道\uff0c请说「我不知道」。\n\n上下文\uff1a\n{JOINED}\n\n问题\uff1a{QUESTION}\n回答\uff1a"
        ),
        one(),
        abstention="我不知道",
    ),
    "openai cookbook": Template(
        asked(
            "Use the below articles to answer the subsequent question. If the "
            'answer cannot be found in the articles, write "I could not find an '
            'answer."\n\n'
            + each('Wikipedia article section:\n"""\n{text}\n"""')
            + f"\n\nQuestion: {QUESTION}"
        ),
        numbered(),
        abstention="I could not find an answer.",
    ),
    "supabase": Template(
        asked(
            "You love to help. Given the following sections from the docs, answer "
            "the question. If you are unsure, say \"Sorry, I don't know how to "
            f'help with that."\n\nContext sections:\n{each("{text}", chr(10) + "---" + chr(10))}\n'
            f'\nQuestion: """\n{QUESTION}\n"""\n\nAnswer as markdown (including '
            "related code snippets if available):"
        ),
        numbered(),
        abstention="Sorry, I don't know how to help with that.",
    ),
    "anythingllm": Template(
        asked(
            QUESTION,
            "Given the following conversation, relevant context, and a follow "
            "up question, reply with an answer to the current question the user "
            "is asking.\nContext:\n" + each("[CONTEXT {n}]:\n{text}\n[END CONTEXT {n}]\n\n", "", 0),
        ),
        numbered(0),
    ),
    "ragflow": Template(
        asked(
            QUESTION,
            "You are an assistant. Please summarize the content of the knowledge "
            "base to answer the question. When all knowledge base content is irrelevant "
            'to the question, your answer must include the sentence "The answer '
            'you are looking for is not found in the knowledge base!"\n'
            f"      Here is the knowledge base:\n      {JOINED}\n"
            "      The above is the knowledge base.",
        ),
        one(),
        abstention="The answer you are looking for is not found in the knowledge base!",
    ),
    "kb passages %": Template(
        asked(
            QUESTION,
            "You are a question answering agent. Cite as %[x]%.\n"
            "\nHere are the search results in numbered order:\n"
            + each("Passage %[{n}]%: {text}", "\n"),
        ),
        numbered(),
        mark="%[{}]%",
    ),
    "context in earlier turn": Template(
        asked(
            QUESTION,
            "",
            Turn(
                "user",
                f"Here are documents:\n<documents>\n{tagged('document')}\n"
                "</documents>\nI will ask about them.",
            ),
            Turn("assistant", "Understood."),
        ),
        numbered(),
    ),
    "bracket tags": Template(
        asked(f"[CONTEXT]\n{JOINED}\n[/CONTEXT]\n[QUESTION]\n{QUESTION}\n[/QUESTION]"), one()
    ),
    "Q/A": Template(asked(f"Context: {JOINED}\n\nQ: {QUESTION}\nA:"), one()),
    "source lines w name": Template(
        asked(
            "Sources:\n" + each("[{n}] {name}\n{text}") + f"\n\nQuestion: {QUESTION}\nCite as [1]."
        ),
        numbered(names=FILES),
        mark="[{}]",
    ),
    "source lines w name paren": Template(
        asked("Sources:\n" + each("Source {n} ({name}):\n{text}") + f"\n\nQuestion: {QUESTION}"),
        numbered(names=FILES),
    ),
    "bold labels": Template(
        asked(f"**Context:**\n{JOINED}\n\n**Question:** {QUESTION}\n\n**Answer:**"), one()
    ),
    "delimited by backticks": Template(
        asked(
            "Answer the question from the text delimited by triple backticks.\n"
            f"```\n{JOINED}\n```\n{QUESTION}"
        ),
        one(),
    ),
    "triple quotes": Template(
        asked(
            "Use the provided document delimited by triple quotes to answer. If "
            'the answer was not found, write: "Insufficient information."\n'
            f'\n"""\n{JOINED}\n"""\n\nQuestion: {QUESTION}'
        ),
        one(),
        abstention="Insufficient information.",
    ),
    "history + context": Template(
        asked(
            f"Context:\n{JOINED}\n\nChat History:\nHuman: Hello\n"
            f"Assistant: Hi there.\n\nQuestion: {QUESTION}\nAnswer:"
        ),
        one(),
    ),
    "history first": Template(
        asked(
            "Chat history:\nUser: Hello\nAssistant: Hi there.\n\n"
            f"Context:\n{JOINED}\n\nQuestion: {QUESTION}"
        ),
        one(),
    ),
    "history tags": Template(
        asked(
            "<chat_history>\nuser: Hello\nassistant: Hi.\n</chat_history>\n"
            f"<context>\n{JOINED}\n</context>\n<question>{QUESTION}</question>"
        ),
        one(),
    ),
    "nova/aws: search results, no label": Template(
        asked(f"Answer using the information below only.\n\n{JOINED}\n\n{QUESTION}"), one()
    ),
    "lc refine chat": Template(
        asked(
            "You refine answers:\n1. **Rewrite** an original answer using the "
            "new context.\n2. **Repeat** the original answer if the new context "
            "isn't useful.\nNever reference the original answer or context directly "
            "in your answer.\nWhen in doubt, just repeat the original answer.\n"
            f"New Context: {JOINED}\nQuery: {QUESTION}\nOriginal Answer: It moves "
            "water.\nNew Answer: "
        ),
        one(),
        abstention="It moves water.",
    ),
    "haystack joined": Template(
        asked(
            f"Given the context please answer the question. Context: {JOINED}; "
            f"Question: {QUESTION}; Answer:"
        ),
        one(JOINED + ";"),
    ),
    "haystack documents": Template(
        asked(
            "Given these documents, answer the question.\nDocuments:\n"
            + each("{text}\n", "")
            + f"\nQuestion: {QUESTION}\nAnswer:"
        ),
        one(),
    ),
    "mistral list": Template(
        asked(
            "Context information is below.\n---------------------\n"
            f"{list(TEXTS)!r}\n---------------------\nGiven the context information "
            f"and not prior knowledge, answer the query.\nQuery: {QUESTION}\n"
            "Answer:"
        ),
        numbered(),
    ),
    "doc n [title]": Template(
        asked(
            "Below are documents.\n\n"
            + each("Document [{n}] (Title: {name}): {text}")
            + f"\n\nQuestion: {QUESTION}\nCite as [1]."
        ),
        numbered(names=FILES),
        mark="[{}]",
    ),
    "cite (Source: name)": Template(
        asked(
            "Cite each fact as (Source: file name).\n\nContext:\n"
            + each("Source: {name}\n{text}")
            + f"\n\nQuestion: {QUESTION}"
        ),
        named(),
        mark="(Source: {})",
    ),
    "user query label last, human": Template(
        asked(
            "Use the following pieces of context to answer the user's question.\n"
            f"----------------\n{JOINED}\n----------------\nUser: {QUESTION}"
        ),
        one(),
    ),
    "system single fence": Template(
        asked(
            QUESTION,
            "Use the following pieces of context to answer the user's question. "
            "\nIf you don't know the answer, just say that you don't know, don't "
            f"try to make up an answer.\n----------------\n{JOINED}",
        ),
        one(),
        abstention="I don't know.",
    ),
    "instructions after question": Template(
        asked(
            f"Context:\n{JOINED}\n\nQuestion: {QUESTION}\n\nAnswer in one short "
            "sentence. If you cannot find it, reply NOT_FOUND."
        ),
        one(),
        abstention="NOT_FOUND",
    ),
    "llamaindex chat engine": Template(
        asked(
            QUESTION,
            "The following is a friendly conversation between a user and an AI "
            "assistant.\nHere are the relevant documents for the context:\n"
            f"\n{JOINED}\n\nInstruction: Based on the above documents, provide "
            'a detailed answer for the user question below. Answer "don\'t know" '
            "if not present in the document.",
        ),
        one(),
        abstention="don't know",
    ),
    "footnote": Template(
        asked("Cite with footnotes like [^1].\n" + each("[{n}]: {text}") + f"\n\n{QUESTION}"),
        numbered(),
        mark="[^{}]",
    ),
    "0-based brackets": Template(
        asked(
            "Search results:\n"
            + each("[{n}] {text}", "\n", 0)
            + f"\n\nQuestion: {QUESTION}\nUse citations like [0]."
        ),
        numbered(0),
        mark="[{}]",
    ),
    "crlf": Template(
        asked(
            f"Use the context.\r\n\r\nContext:\r\n{JOINED}\r\n\r\n"
            f"Question: {QUESTION}\r\nAnswer:".replace("\n\n", "\r\n\r\n")
        ),
        one(),
    ),
    "yaml list": Template(
        asked(
            "Context:\n"
            + each("- source: {name}\n  text: {flat}", "\n")
            + f"\n\nQuestion: {QUESTION}"
        ),
        numbered(names=FILES),
    ),
    "Doc1:": Template(
        asked("Documents:\n" + each("Doc{n}: {flat}", "\n") + f"\n\nQuestion: {QUESTION}\n"),
        numbered(),
    ),
    "[doc1] azure": Template(
        asked(
            QUESTION,
            "Cite sources as [doc1].\n\n## Retrieved Documents\n" + each("[doc{n}]: {flat}", "\n"),
        ),
        numbered(),
        mark="[doc{}]",
    ),
    "Context 1:": Template(
        asked(each("Context {n}: {text}") + f"\n\nQuestion: {QUESTION}"), numbered()
    ),
    "### Document 1": Template(
        asked(each("### Document {n}\n{text}") + f"\n\n### Question\n{QUESTION}"), numbered()
    ),
    "### Source: name": Template(
        asked(
            "## Context\n"
            + each("### Source: {name}\n{text}")
            + f"\n\n## Question\n{QUESTION}\n\n## Answer\n"
        ),
        under_headings("###", "Source: "),
    ),
    "Passages w/o announce, q label": Template(
        asked(
            f"{JOINED}\n\nQuestion: {QUESTION}\nAnswer:",
            "Answer using only the text that the user gives. If it isn't there, say 'Not found'.",
        ),
        one(),
        abstention="Not found",
    ),
    "system ctx label + user q label": Template(
        asked(f"Question: {QUESTION}", f"You are a bot. Context:\n{JOINED}"), one()
    ),
    "system: <context> and rules after": Template(
        asked(
            QUESTION,
            "<instructions>\nAnswer from the context. Cite [1].\n"
            f"</instructions>\n<context>\n{each('[{n}] {text}')}\n"
            "</context>\n<rules>1. Be brief. 2. Be kind.</rules>",
        ),
        numbered(),
        mark="[{}]",
    ),
    "question tag before ctx": Template(
        asked(f"<question>{QUESTION}</question>\n<context>{JOINED}</context>"), one()
    ),
    "Question: in the middle with Context: same line": Template(
        asked(f"Context: {JOINED} Question: {QUESTION}"), one()
    ),
    "here are some documents plain": Template(
        asked(f"Here are some documents:\n\n{JOINED}\n\nBased on these documents, {QUESTION}"),
        one(),
        question=f"Based on these documents, {QUESTION}",
    ),
    "llamaindex nodes repr": Template(
        asked(
            "Context:\n["
            + each(
                "NodeWithScore(node=TextNode(id_='x{n}', metadata={{'file_name': '{name}'}}, "
                "text={raw}), score=0.82)",
                ", ",
            )
            + f"]\n\nQuestion: {QUESTION}"
        ),
        numbered(names=FILES),
    ),
    "haystack reprs": Template(
        asked(
            "Documents: ["
            + each(
                "Document(id=3fa{n}, content: {raw}, meta: {{'name': '{name}'}}, score: 0.9)", ", "
            )
            + f"]\nQuestion: {QUESTION}"
        ),
        numbered(names=FILES),
    ),
    "tuple score": Template(
        asked(
            "Context: ["
            + each("(Document(page_content={raw}, metadata={{}}), 0.3)", ", ")
            + f"]\nQuestion: {QUESTION}"
        ),
        numbered(),
    ),
    "search tool results with url": Template(
        asked(
            "Search results:\n\n"
            + each("[{n}] Title: {name}\nURL: https://x.org/{n}\n{text}")
            + f"\n\nQuery: {QUESTION}\nCite with 【1】."
        ),
        numbered(names=FILES),
        mark="【{}】",
    ),
    "perplexity-like": Template(
        asked(
            QUESTION,
            "Use these search results. Cite using [citation:x].\n"
            + each("[[citation:{n}]] {text}"),
        ),
        numbered(),
        mark="[citation:{}]",
    ),
    "cohere grounded": Template(
        asked(f"<results>\n{each('<result id={n}>{text}</result>')}\n</results>\n{QUESTION}"),
        numbered(),
    ),
    "granite docs": Template(
        asked(each("[Document]\n{text}\n[End]") + f"\n{QUESTION}"), numbered()
    ),
    "knowledge only 2 docs tags custom attrs": Template(
        asked(
            "<docs>\n"
            + each("<doc id='{n}' path='{name}'>\n{text}\n</doc>", "\n")
            + f"\n</docs>\n\nTask: {QUESTION}"
        ),
        numbered(names=FILES),
        question=f"Task: {QUESTION}",
    ),
    "ask w/o question mark": Template(
        asked(
            f"Context:\n{JOINED}\n\nTell me how many litres per minute the Hellinger pump moves."
        ),
        one(),
        question="Tell me how many litres per minute the Hellinger pump moves.",
    ),
    "instruction after unlabelled": Template(
        asked(f"<context>\n{JOINED}\n</context>\n\n{QUESTION}\n\nAnswer briefly."), one()
    ),
    "instr line after": Template(
        asked(f"<context>\n{JOINED}\n</context>\n\n{QUESTION} Answer in one sentence."), one()
    ),
    "aws human/assistant": Template(
        asked(
            "\n\nHuman: Use the following pieces of context to provide a concise "
            "answer to the question at the end. If you don't know the answer, "
            "just say that you don't know, don't try to make up an answer.\n"
            f"<context>\n{JOINED}\n</context>\n\nQuestion: {QUESTION}\n"
            "\nAssistant:"
        ),
        one(),
        abstention="I don't know.",
    ),
    "embedchain": Template(
        asked(
            "You are a QUESTION&A expert system. Your responses must always be "
            "rooted in the context provided for each query. Here are some guidelines "
            "to follow:\n\n1. Refrain from explicitly mentioning the context provided "
            "in your response.\n2. The context should silently guide your answers "
            "without being directly acknowledged.\n3. Do not use phrases such "
            "as 'According to the context provided'.\n\nContext information:\n"
            f"----------------------\n{JOINED}\n----------------------\n"
            f"\nQuery: {QUESTION}\nAnswer:"
        ),
        one(),
    ),
    "txtai": Template(
        asked(
            "Answer the following question using only the context below. Only "
            f"include information specifically discussed.\n\nquestion: {QUESTION}\n"
            f"context: {JOINED} "
        ),
        one(),
    ),
    "llamaindex q then ctx chat": Template(
        asked(
            "Context information is below.\n---------------------\n"
            f"{JOINED}\n---------------------\nUsing both the context information "
            f"and also using your own knowledge, answer the query: {QUESTION}\n"
        ),
        one(),
    ),
    "python template w/ equals": Template(
        asked(f"=== CONTEXT ===\n{JOINED}\n=== END CONTEXT ===\n\n=== QUESTION ===\n{QUESTION}"),
        one(),
    ),
    "all caps": Template(asked(f"CONTEXT:\n{JOINED}\n\nQUESTION:\n{QUESTION}\n\nANSWER:"), one()),
    "table-ish numbered parens": Template(
        asked("Sources:\n" + each("({n}) {text}") + f"\n\nQuestion: {QUESTION} Cite as (1)."),
        numbered(),
        mark="({})",
        question=QUESTION,
    ),
    "nova-like system": Template(
        asked(
            QUESTION,
            "In this session, the model has access to search results and a user's "
            "question, its job is to answer the user's question using only information "
            "from the search results.\n\nModel Instructions:\n- You should provide "
            "concise answer to simple questions.\n- If the search results do not "
            "contain information that can answer the question, then respond saying "
            "that you could not find an exact answer to the question.\n"
            "- Reference using %[1]%.\n\nHere are the search results in numbered "
            "order:\n" + each("Passage %[{n}]%: {text}", "\n"),
        ),
        numbered(),
        mark="%[{}]%",
        abstention="I could not find an exact answer to the question.",
    ),
    "strings quoted by triple single": Template(
        asked(f"Context: '''{JOINED}'''\nQuestion: '''{QUESTION}'''"), one()
    ),
    "continue multi-turn w/ ctx each": Template(
        asked(
            f"Context:\n{JOINED}\n\nQuestion: {QUESTION}",
            "",
            Turn(
                "user",
                "Context:\nOld stuff about lamps that are green at noon.\n"
                "\nQuestion: When is the lamp green?",
            ),
            Turn("assistant", "At noon."),
        ),
        one(),
    ),
}
