// Answers questions about the front end of the widgets, so that Python can compare: a line of answers for each line.
// stdin: [[file, "name.of.function", arguments], ...]; stdout: the answers.  What JSON cannot say becomes a string.

import { createInterface } from "node:readline";

const say = (key, value) => {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return ArrayBuffer.isView(value) ? [...value] : value;
};

const answer = async ([file, name, given]) => {
  const module = await import(new URL(file, import.meta.url));
  const found = name.split(".").reduce((value, key) => value[key], module);
  return typeof found === "function" ? found(...given) : found;
};

for await (const line of createInterface({ input: process.stdin })) {
  const answers = [];
  for (const question of JSON.parse(line)) answers.push(await answer(question));
  process.stdout.write(JSON.stringify(answers, say) + "\n");
}
