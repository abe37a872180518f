"""What was found in a Knowledge Base, as a prompt shows it: numbered from 1, with its sources."""

from collections.abc import Sequence

from app.local.bedrock_agent_runtime.agents.steps import origin
from app.local.bedrock_agent_runtime.generation.templates import Disguise, attribute
from app.local.wire import JSON


def search_results(references: Sequence[JSON], disguise: Disguise) -> str:
    """The value of $search_results$."""
    results = (
        f'<search_result n="{number}" document="{attribute(_name(one))}">\n'
        f"{disguise.text(one['content'].get('text', ''))}\n</search_result>"
        for number, one in enumerate(references, 1)
    )
    return "\n".join(("<search_results>", *results, "</search_results>"))


def _name(reference: JSON) -> str:
    return origin(reference["location"]).rpartition("/")[2]
