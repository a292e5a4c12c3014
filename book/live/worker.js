// Python in a module worker.  What is said and answered stands in README.md.

const ROOM = "/book"; // where the book's own Python is laid
const CORE = ["pyodide.asm.wasm", "python_stdlib.zip"];

let base, home, settings, lock, python, page, current;
const laid = new Set(["book"]); // the packs that are there
const tell = (message) => self.postMessage(message);

// ---------------------------------------------------------------- the download, counted

const sizes = {}; // file: bytes, of what the pinned distribution and the site hold
const load = { step: "", done: 0, total: 0, said: 0 };
const given = self.fetch.bind(self);

const name = (address) => decodeURIComponent(new URL(address).pathname.split("/").pop());

function expect(step, files) {
  const known = files.map((file) => sizes[file]);
  Object.assign(load, { step, done: 0, total: known.includes(undefined) ? 0 : known.reduce((a, b) => a + b, 0), said: 0 });
  say();
}

function say() {
  if (!load.step) return; // the two lists that come before
  load.said = performance.now();
  tell({ say: "progress", step: load.step, done: Math.min(load.done, load.total || Infinity), total: load.total });
}

function count(size) {
  load.done += size;
  if (performance.now() - load.said > 50) say();
}

class Absent extends Error {}

// Pyodide does not come back when its own files do not come: `loss` rejects with a sentence in its place.
let lose;
const loss = new Promise((_, reject) => (lose = reject));
loss.catch(() => {});

function absent(sentence) {
  const error = new Absent(sentence);
  lose(error);
  return error;
}

const cut = (address) => absent(`${name(address)} could not be loaded from ${new URL(address).host}; is there a connection?`);

// Pyodide fetches its files by itself: whatever is fetched is counted on its way.
self.fetch = async (asked, options) => {
  const address = new URL(asked.url ?? asked, self.location.href).href;
  const answer = await given(asked, options).catch(() => {
    throw cut(address);
  });
  const { ok, status, statusText, headers, body } = answer;
  if (!ok) throw absent(`${new URL(address).host} has no ${name(address)} (${status}).`);
  if (!body) return answer;
  const counter = new TransformStream({
    transform(chunk, out) {
      count(chunk.byteLength);
      out.enqueue(chunk);
    },
  });
  body.pipeTo(counter.writable).catch(() => cut(address));
  return new Response(counter.readable, { status, statusText, headers });
};

// ---------------------------------------------------------------- Python and its packages

const packages = (imports) => {
  const by = {};
  for (const [key, { imports }] of Object.entries(lock.packages)) for (const module of imports) by[module] ??= key;
  return imports.map((module) => by[module]).filter(Boolean);
};

// The packages with all they stand on, less what is there.
function missing(names, found = new Set()) {
  for (const each of names) {
    const key = lock.packages[each] ? each : each.toLowerCase().replaceAll(/[._]/g, "-");
    if (found.has(key) || python?.loadedPackages[key] || !lock.packages[key]) continue;
    found.add(key);
    missing(lock.packages[key].depends, found);
  }
  return [...found];
}

const file = (key) => lock.packages[key].file_name;

const zip = async (pack) => (await fetch(new URL(`${pack}.zip?${settings.marks[pack]}`, base))).arrayBuffer();

const unpack = (content) => python.unpackArchive(content, "zip", { extractDir: ROOM });

// Brings the modules `imports` that are not there yet: the site's own packs, else the distribution's packages.
async function bring(imports) {
  const along = Object.entries(settings.along).filter(([, host]) => imports.includes(host));
  imports = [...imports, ...along.map(([module]) => module)];
  const asks = (pack) => settings.packs[pack].some((module) => imports.includes(module));
  const packs = Object.keys(settings.packs).filter((pack) => !laid.has(pack) && asks(pack));
  const own = Object.values(settings.packs).flat();
  const asked = packages(imports.filter((module) => !own.includes(module)));
  const wanted = missing(asked);
  if (!packs.length && !wanted.length) return;
  const files = { ...Object.fromEntries(wanted.map((key) => [key, file(key)])), ...Object.fromEntries(packs.map((pack) => [pack, `${pack}.zip`])) };
  const titles = [...asked.filter((key) => wanted.includes(key)), ...packs].sort((a, b) => (sizes[files[b]] ?? 0) - (sizes[files[a]] ?? 0));
  expect(`Loading ${titles.slice(0, 2).join(" and ")}.`, Object.values(files));
  const zips = packs.map(zip);
  const stopped = () => {
    throw new Absent(`${titles.join(", ")} could not be loaded from ${new URL(home).host}; is there a connection?`);
  };
  if (wanted.length) await python.loadPackage(wanted, { messageCallback() {}, errorCallback() {} }).catch(stopped);
  for (const content of await Promise.all(zips)) unpack(content);
  for (const pack of packs) laid.add(pack);
  page.arrived(python.toPy(wanted.flatMap((key) => lock.packages[key].imports)));
  if (missing(asked).length) stopped();
  load.done = load.total;
  say();
}

async function start(asked) {
  const began = performance.now();
  if (typeof WebAssembly !== "object") throw new Absent("This browser has no WebAssembly, which Python needs here.");
  base = new URL(asked.base, self.location.href).href;
  settings = await (await fetch(new URL("settings.json", base), { cache: "no-cache" })).json();
  home = new URL(asked.pyodide ?? settings.pyodide, base).href;
  Object.assign(sizes, settings.sizes);
  lock = await (await fetch(new URL("pyodide-lock.json", home))).json();
  const first = missing(packages(settings.first));
  expect("Loading Python.", [...CORE, "book.zip", ...first.map(file)]);
  const book = zip("book");
  book.catch(() => {}); // it is awaited below
  const { loadPyodide } = await import(new URL("pyodide.mjs", home).href).catch(() => {
    throw cut(new URL("pyodide.mjs", home).href);
  });
  const wanted = { indexURL: home, packages: first, env: settings.environment, stdout() {}, stderr() {} };
  const made = loadPyodide(wanted);
  made.catch(() => {});
  python = await Promise.race([made, loss]);
  if (missing(first).length) throw new Absent(`${new URL(home).host} has not given all of Python; is there a connection?`);
  unpack(await book);
  load.done = load.total;
  say();
  if (asked.interrupt) python.setInterruptBuffer(new Uint8Array(asked.interrupt));
  python.runPython(`import sys; sys.path.append("${ROOM}")`); // a package of the distribution goes before ours
  page = python.pyimport("live.runner").Page((kind, text) => tell({ say: "output", id: current, kind, text }));
  tell({ say: "ready", seconds: (performance.now() - began) / 1000 });
}

async function run({ id, code }) {
  current = id;
  try {
    await bring(page.needs(code).toJs());
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    tell({ say: "output", id, kind: "error", text: error.message });
    return tell({ say: "done", id, ok: false, ms: 0 });
  }
  const began = performance.now();
  const ok = page.run(code);
  tell({ say: "done", id, ok, ms: performance.now() - began });
}

// What the last of `cells` needs of those above it (above.py).
function above({ id, cells, ran }) {
  const [imports, needed] = python.pyimport("live.above").needed(python.toPy(cells), python.toPy(ran));
  tell({ say: "done", id, ok: true, ms: 0, imports: imports.toJs(), cells: needed.toJs() });
}

function reset() {
  page.reset();
  tell({ say: "ready", seconds: 0 });
}

// ---------------------------------------------------------------- one thing after the other

const TASKS = { start, run, above, reset };
let queue = Promise.resolve(),
  broken = false;

function fail(error) {
  broken = true;
  const sentence = error instanceof Absent ? error.message : `Python has stopped working: ${String(error?.message ?? error).split("\n")[0]}`;
  tell({ say: "failed", message: sentence });
}

self.onmessage = ({ data }) => {
  queue = queue.then(() => broken || TASKS[data.do]?.(data)).catch(fail);
};
