// LangChain.js over the AWS SDK for JavaScript.

import assert from "node:assert/strict";
import { AmazonKnowledgeBaseRetriever, BedrockEmbeddings, ChatBedrockConverse } from "@langchain/aws";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { z } from "zod";
import {
  ANSWER, BASE, CLAUDE, DIMENSIONS, MARIA, NOVA, PERSON, PROMPT, QUESTION, REPORT, TITAN, WEATHER,
  run, streamed,
} from "./checks.mjs";

const region = process.env.AWS_REGION;
const credentials = {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
};
const chat = (model) => new ChatBedrockConverse({ model, region, credentials });
const getWeather = tool(async () => REPORT, {
  name: "get_weather",
  description: "The weather in a city.",
  schema: z.object({ city: z.string().describe("The city") }),
});
const person = z.object({
  name: z.string().describe("The person's full name"),
  age: z.number().int().describe("The person's age in years"),
});

await run({
  chat: async () => assert.match((await chat(NOVA).invoke(PROMPT)).text, ANSWER),
  stream: async () => {
    const pieces = [];
    for await (const piece of await chat(NOVA).stream(PROMPT)) pieces.push(piece.text);
    streamed(pieces.filter(Boolean));
  },
  tools: async () => {
    const bound = chat(CLAUDE).bindTools([getWeather]);
    const asked = new HumanMessage(WEATHER);
    const called = await bound.invoke([asked]);
    const [call] = called.tool_calls;
    assert.deepEqual([call.name, call.args], ["get_weather", { city: "Paris" }]);
    const result = new ToolMessage({ content: REPORT, tool_call_id: call.id });
    assert.match((await bound.invoke([asked, called, result])).text, /18/);
  },
  structured_output: async () => {
    const model = chat(CLAUDE).withStructuredOutput(person, { name: "person" });
    assert.deepEqual(await model.invoke(PERSON), MARIA);
  },
  embeddings: async () => {
    const embeddings = new BedrockEmbeddings({ model: TITAN, region, credentials });
    assert.equal((await embeddings.embedQuery(QUESTION)).length, DIMENSIONS);
  },
  retrieve: async () => {
    const retriever = new AmazonKnowledgeBaseRetriever({
      knowledgeBaseId: BASE, topK: 2, region, clientOptions: { credentials },
    });
    assert.match((await retriever.invoke(QUESTION))[0].pageContent, ANSWER);
  },
});
