// Answers questions about the front end of the widgets, so that Python can compare.
// stdin: [[file, "name.of.function", arguments], ...]; stdout: the answers.  What JSON cannot say becomes a string.

const read = async () => {
  let text = "";
  for await (const part of process.stdin) text += part;
  return JSON.parse(text);
};
const say = (key, value) => {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return ArrayBuffer.isView(value) ? [...value] : value;
};

const answers = [];
for (const [file, name, given] of await read()) {
  const module = await import(new URL(file, import.meta.url));
  const found = name.split(".").reduce((value, key) => value[key], module);
  answers.push(typeof found === "function" ? found(...given) : found);
}
process.stdout.write(JSON.stringify(answers, say));
