"""`bedrock-agent`: Knowledge Bases and agents, two control planes under one name."""
