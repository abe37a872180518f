"""What was answered before kill -9 is there after it, whole."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from app.local.bedrock_agent import agent_handlers
from app.local.bedrock_agent.agents import Agents, Dependencies
from app.local.wire import Call
from tests.local.bedrock_agent.agents.agency import definition, group

LIFE = """
from pathlib import Path
from tests.local.bedrock_agent.agents.test_agents_crash import live
live(Path({home!r}))
"""


def call(agents: Agents, operation: str, **params: Any) -> Any:
    handler = agent_handlers.handlers(agents)[operation]
    return handler(Call("bedrock-agent", operation, params, {}, "request"))


class Everything:
    """Whatever a definition names is there."""

    def can_write(self, _identifier: str) -> bool:
        return True

    def has(self, _identifier: str, _version: str = "") -> bool:
        return True

    def path(self, bucket: str, key: str) -> Path:
        raise KeyError(bucket, key)


def opened(home: Path) -> Agents:
    everything = Everything()
    return Agents(home, Dependencies(everything, everything, everything, everything))


def live(home: Path) -> None:
    """Make agents without end, and say of each that it was answered."""
    agents = opened(home)
    while True:
        agent = call(agents, "CreateAgent", **definition())["agent"]["agentId"]
        call(agents, "CreateAgentActionGroup", **group(agent))
        call(agents, "PrepareAgent", agentId=agent)
        alias = call(agents, "CreateAgentAlias", agentId=agent, agentAliasName="live")
        print(agent, alias["agentAlias"]["agentAliasId"], flush=True)


def test_no_acknowledged_change_of_an_agent_is_lost_in_a_crash(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LIFE.format(home=str(tmp_path))], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        answered = [child.stdout.readline().split() for _ in range(20)]
        child.kill()
        answered += [line.split() for line in child.stdout if line.endswith("\n")]
    agents = opened(tmp_path)
    for agent, alias in answered:
        own = {"agentId": agent, "agentVersion": "1"}
        assert call(agents, "GetAgentVersion", **own)["agentVersion"]["agentStatus"] == "PREPARED"
        assert len(call(agents, "ListAgentActionGroups", **own)["actionGroupSummaries"]) == 1
        alias_description = call(agents, "GetAgentAlias", agentId=agent, agentAliasId=alias)[
            "agentAlias"
        ]
        assert alias_description["routingConfiguration"] == [{"agentVersion": "1"}]
    agents.close()
