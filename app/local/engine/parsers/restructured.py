"""reStructuredText: to HTML by docutils, and on to Markdown.

Directives and roles that docutils does not know, as those of Sphinx, count as their content and
their text. Nothing is included from other files.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import docutils.core
from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.languages import en

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.plain import read_text
from app.local.engine.parsers.render import clean

_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]*+\|[ \t]+)?([\w:+.-]+?)::", re.MULTILINE)
_ROLE = re.compile(r"(?<![\w:+.-]):([A-Za-z][\w:+.-]{0,60}):`")

_DROPPED = {
    "toctree", "include", "literalinclude", "contents", "sectnum", "index", "currentmodule", "raw",
    "module", "highlight", "default-domain", "meta", "tabularcolumns", "automodule", "autoclass",
    "autofunction", "automethod", "autosummary",
}  # fmt: skip
_CODE = {
    "code",
    "code-block",
    "sourcecode",
    "prompt",
    "testcode",
    "testoutput",
    "testsetup",
    "ipython",
    "jupyter-execute",
    "code-cell",
}
_LABELS = {
    "versionadded": "New in version {}:",
    "versionchanged": "Changed in version {}:",
    "deprecated": "Deprecated since version {}:",
}
_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "syntax_highlight": "none",
    "doctitle_xform": True,
    "embed_stylesheet": False,
    "math_output": "LaTeX",
    "_disable_config": True,
    "line_length_limit": 10**7,
}


_OTHER_FILES = re.compile(
    r"^[ \t]*\.\.[ \t]+(?:(?:include|literalinclude)::[ \t]*(\S[^\n]*)"
    r"|(?:csv-table|raw|code|code-block|math)::[^\n]*(?:\n[ \t]+:[\w-]+:[^\n]*)*?"
    r"\n[ \t]+:file:[ \t]*(\S[^\n]*))",
    re.MULTILINE,
)


def parse(document: Document) -> Iterator[Section]:
    source = clean(read_text(document))
    if files := [(match[1] or match[2]).strip() for match in _OTHER_FILES.finditer(source)]:
        document.warn(
            f"The text of other files is not read: {', '.join(dict.fromkeys(files))}. Upload them "
            "as documents of their own."
        )
    yield Section(to_text(source), None)


def to_text(source: str) -> str:
    r"""The Markdown of a text.

    >>> print(to_text("Clay\n====\n\nIt is :ref:`wet <water>`, see ``x``."))
    # Clay
    <BLANKLINE>
    It is wet, see x.
    """
    for name in set(_DIRECTIVE.findall(source)):
        if name in _DROPPED | _CODE or name not in en.directives:
            kind = _Dropped if name in _DROPPED else _Code if name in _CODE else _Content
            directives.register_directive(name, kind)
    for name in set(_ROLE.findall(source)):
        if name not in en.roles:
            roles.register_local_role(name, _role)
    parts = docutils.core.publish_parts(source, writer="html5", settings_overrides=_SETTINGS)
    return to_markdown(parts["html_body"])


class _AnyOption(dict[str, Any]):
    """Options of any name."""

    def __missing__(self, name: str) -> Any:
        return directives.unchanged

    def __bool__(self) -> bool:
        return True


class _Content(Directive):  # type: ignore[misc]  # docutils has no types
    """A directive as a reader sees it: its argument, and what is in it."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[Any] = _AnyOption()

    def run(self) -> list[nodes.Node]:
        container = nodes.container()
        if self.arguments:
            label, *more = self.arguments[0].split("\n")
            texts = [_LABELS.get(self.name, "{}").format(label), *more]
            container += nodes.paragraph(
                "", "", *self.state.inline_text(" ".join(texts), self.lineno)[0]
            )
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


class _Code(_Content):
    """A directive whose content is code."""

    def run(self) -> list[nodes.Node]:
        code = "\n".join(self.content)
        return [nodes.literal_block(code, code, classes=["code", *self.arguments])]


class _Dropped(_Content):
    """A directive that tells a reader nothing, or names another file."""

    def run(self) -> list[nodes.Node]:
        return []


def _role(
    name: str,  # noqa: ARG001 the arguments of a role are docutils'
    rawtext: str,  # noqa: ARG001
    text: str,
    lineno: int,  # noqa: ARG001
    inliner: object,  # noqa: ARG001
    options: object = None,  # noqa: ARG001
    content: object = None,  # noqa: ARG001
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """The text of a role: its title, or the last part of a name that begins with a tilde."""
    title, has_target, _ = text.rpartition("<")
    shown = title.rstrip() if has_target and title.strip() and text.endswith(">") else text
    shown = shown.rpartition(".")[2] if shown.startswith("~") else shown.lstrip("!")
    return [nodes.inline("", shown)], []
