// The AWS SDK for JavaScript on its default settings: HTTP/2 with prior knowledge, and a GOAWAY as
// soon as it has the head of a stream.

import assert from "node:assert/strict";
import {
  BedrockAgentRuntimeClient, RetrieveCommand,
} from "@aws-sdk/client-bedrock-agent-runtime";
import {
  BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import {
  ANSWER, BASE, CLAUDE, DIMENSIONS, MARIA, NOVA, PERSON, PROMPT, QUESTION, REPORT, TITAN, WEATHER,
  run, streamed,
} from "./checks.mjs";

const TIMES = 10;
const user = (text) => ({ role: "user", content: [{ text }] });
const tool = (name, description, properties) => ({
  toolSpec: {
    name, description,
    inputSchema: { json: { type: "object", properties, required: Object.keys(properties) } },
  },
});
const GET_WEATHER = tool("get_weather", "The weather in a city.", { city: { type: "string" } });
const RECORD = tool("record_person", "Record a person of whom the text tells.", {
  name: { type: "string", description: "The person's full name" },
  age: { type: "integer", description: "The person's age in years" },
});

const converse = async (client) => {
  const { stream } = await client.send(
    new ConverseStreamCommand({ modelId: NOVA, messages: [user(PROMPT)] }),
  );
  const events = [];
  for await (const event of stream) events.push(event);
  assert.ok(events.at(-1).metadata, "the last event is the metadata");
  streamed(events.map((event) => event.contentBlockDelta?.delta.text).filter(Boolean));
  return events.length;
};

const invoke = async (client) => {
  const body = JSON.stringify({
    anthropic_version: "bedrock-2023-05-31", max_tokens: 300,
    messages: [{ role: "user", content: PROMPT }],
  });
  const { body: stream } = await client.send(
    new InvokeModelWithResponseStreamCommand({ modelId: CLAUDE, body }),
  );
  const events = [];
  for await (const event of stream) events.push(JSON.parse(Buffer.from(event.chunk.bytes)));
  assert.equal(events.at(-1).type, "message_stop");
  streamed(events.map((event) => event.delta?.text).filter(Boolean));
  return events.length;
};

const inARow = async (ask) => {
  const counts = new Set();
  for (let time = 0; time < TIMES; time++) counts.add(await ask(new BedrockRuntimeClient({})));
  assert.equal(counts.size, 1, `as many events each time: ${[...counts]}`);
};

const inParallel = async (ask) => {
  const client = new BedrockRuntimeClient({});
  const counts = await Promise.all(Array.from({ length: TIMES }, () => ask(client)));
  assert.equal(new Set(counts).size, 1, `as many events each time: ${counts}`);
};

await run({
  chat: async () => {
    const reply = await new BedrockRuntimeClient({}).send(
      new ConverseCommand({ modelId: NOVA, messages: [user(PROMPT)] }),
    );
    assert.match(reply.output.message.content[0].text, ANSWER);
  },
  stream_ten_in_a_row: () => inARow(converse),
  stream_ten_in_parallel: () => inParallel(converse),
  stream_in_the_family_s_body_ten_in_a_row: () => inARow(invoke),
  stream_in_the_family_s_body_ten_in_parallel: () => inParallel(invoke),
  tools: async () => {
    const client = new BedrockRuntimeClient({});
    const toolConfig = { tools: [GET_WEATHER] };
    const messages = [user(WEATHER)];
    const called = await client.send(new ConverseCommand({ modelId: CLAUDE, messages, toolConfig }));
    assert.equal(called.stopReason, "tool_use");
    const { toolUse } = called.output.message.content.find((block) => block.toolUse);
    assert.deepEqual(toolUse.input, { city: "Paris" });
    const toolResult = { toolUseId: toolUse.toolUseId, content: [{ text: REPORT }] };
    messages.push(called.output.message, { role: "user", content: [{ toolResult }] });
    const reply = await client.send(new ConverseCommand({ modelId: CLAUDE, messages, toolConfig }));
    assert.match(reply.output.message.content[0].text, /18/);
  },
  structured_output: async () => {
    const toolConfig = { tools: [RECORD], toolChoice: { tool: { name: "record_person" } } };
    const reply = await new BedrockRuntimeClient({}).send(
      new ConverseCommand({ modelId: CLAUDE, messages: [user(PERSON)], toolConfig }),
    );
    const { toolUse } = reply.output.message.content.find((block) => block.toolUse);
    assert.deepEqual(toolUse.input, MARIA);
  },
  embeddings: async () => {
    const body = JSON.stringify({ inputText: QUESTION });
    const reply = await new BedrockRuntimeClient({}).send(
      new InvokeModelCommand({ modelId: TITAN, body }),
    );
    assert.equal(JSON.parse(reply.body.transformToString()).embedding.length, DIMENSIONS);
  },
  retrieve: async () => {
    const found = await new BedrockAgentRuntimeClient({}).send(
      new RetrieveCommand({ knowledgeBaseId: BASE, retrievalQuery: { text: QUESTION } }),
    );
    assert.match(found.retrievalResults[0].content.text, ANSWER);
  },
});
