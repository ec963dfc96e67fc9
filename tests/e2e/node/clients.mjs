// The official clients as a program. A line of input asks for one call, and a line of output tells
// what the client gave: its `value`, the `events` it told one by one, the `error` it threw.
//
//   {"client": "openai", "options": {"baseURL": "…"}, "method": "chat.completions.stream",
//    "arguments": [{"model": "…"}], "final": "finalChatCompletion"}
//
// One process answers all questions: starting one takes longer than most calls.

import { createInterface } from "node:readline";

import * as anthropic from "@anthropic-ai/sdk";
import * as openai from "openai";

const PACKAGES = { anthropic, openai };

// The clients' own timeout ends where a stream begins: one without an end would never be noticed.
const HUNG_MS = 20_000;

async function call(question, told) {
  const names = question.method.split(".");
  const method = names.pop();
  const Client = PACKAGES[question.client].default;
  let owner = new Client({ maxRetries: 0, timeout: 15_000, ...question.options });
  for (const name of names) owner = owner[name];
  const made = await owner[method](...question.arguments);
  if (made?.[Symbol.asyncIterator]) {
    for await (const event of made) told.events.push(event);
    if (question.final) told.value = await made[question.final]();
  } else {
    told.value = made;
  }
}

// The error's class goes by the name that the package exports it by: its users catch that.
function described(error, exported) {
  const name = Object.keys(exported).find((key) => exported[key] === error.constructor);
  const { status, code, type, param, message, error: body } = error;
  return { class: name ?? null, status, code, type, param, message, body };
}

async function answer(question) {
  const told = { value: null, events: [], error: null };
  let timer;
  const hung = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("The client hangs.")), HUNG_MS);
  });
  try {
    await Promise.race([call(question, told), hung]);
  } catch (error) {
    told.error = described(error, PACKAGES[question.client]);
  }
  clearTimeout(timer);
  return told;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
// Connections that are kept for later calls would keep the process too.
process.exit();
