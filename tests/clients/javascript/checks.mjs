// What the programs share: a check is a function, and what became of it is a line of JSON.
// The twin of ../programs/checks.py.

import assert from "node:assert/strict";

export const CLAUDE = "us.anthropic.claude-sonnet-4-6";
export const NOVA = "amazon.nova-lite-v1:0";
export const TITAN = "amazon.titan-embed-text-v2:0";
export const DIMENSIONS = 1024;
const CONTEXT =
  "Granite is an igneous rock of quartz, feldspar and mica. Basalt is a dark volcanic rock. " +
  "Marble is limestone that heat and pressure have changed.";
export const QUESTION = "What is granite?";
export const PROMPT = `Answer the question based only on the following context:\n${CONTEXT}\n\nQuestion: ${QUESTION}`;
export const ANSWER = /igneous/;
export const WEATHER = "What is the weather in Paris?";
export const REPORT = "It is 18 degrees and cloudy in Paris.";
export const PERSON = "Maria Lopez is 34 years old and lives in Lisbon.";
export const MARIA = { name: "Maria Lopez", age: 34 };
export const BASE = process.env.OUTCROP_CLIENTS_KNOWLEDGE_BASE;
export const APPLICATION = process.env.OUTCROP_CLIENTS_APPLICATION;

export const streamed = (pieces) => {
  assert.ok(pieces.length > 2, `${pieces.length} pieces`);
  assert.match(pieces.join(""), ANSWER);
};

export const run = async (checks) => {
  for (const [name, check] of Object.entries(checks)) {
    const began = performance.now();
    let problem = null;
    try {
      await check();
    } catch (error) {
      console.error(error);
      problem = `${error.name}: ${error.message}`.slice(0, 500);
    }
    const seconds = Math.round((performance.now() - began) / 10) / 100;
    console.log(JSON.stringify({ check: name, problem, seconds }));
  }
  process.exit(0);
};
