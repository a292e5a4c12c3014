// Python in a worker, as the page uses it: one cell at a time, and an end to it when asked.
const PATIENCE = 3000; // milliseconds that an interrupted cell has to come to its end

export class Stopped extends Error {}

export class Python {
  // base: the address of the folder of worker.js; told: {progress(message), ready(message), gone()}
  constructor(base, told) {
    Object.assign(this, { base, told, count: 0, starting: null, asked: new Map() });
  }

  get on() {
    return this.starting !== null;
  }

  // Start it where it is not on; rejects with a sentence for the reader, or with Stopped.
  start() {
    return (this.starting ??= new Promise((ready, failed) => {
      this.fail = (error) => (this.end(error), failed(error));
      try {
        this.worker = new Worker(new URL("worker.js", this.base), { type: "module" });
      } catch {
        return this.fail(new Error("This browser cannot start a worker for Python; a current Chrome, Edge, Firefox or Safari can."));
      }
      this.worker.onerror = (event) => {
        event.preventDefault();
        this.fail(new Error("Python could not be started: its file cannot be read, or this browser is too old to run it."));
      };
      this.worker.onmessage = ({ data }) => this.hear(data, ready);
      const message = { do: "start", base: this.base };
      if (globalThis.crossOriginIsolated) message.interrupt = new SharedArrayBuffer(1);
      this.interrupt = message.interrupt && new Uint8Array(message.interrupt);
      this.worker.postMessage(message);
    }));
  }

  hear(message, ready) {
    const asked = this.asked.get(message.id);
    if (message.say === "progress") this.told.progress(message);
    else if (message.say === "ready") ready(this.told.ready(message));
    else if (message.say === "failed") this.fail(new Error(message.message));
    else if (message.say === "output") asked?.show(message);
    else if (asked) {
      this.asked.delete(message.id);
      asked.done(message);
    }
  }

  async ask(message, show = () => {}) {
    await this.start();
    const id = ++this.count;
    if (this.interrupt) this.interrupt[0] = 0;
    return new Promise((done, failed) => {
      this.asked.set(id, { show, done, failed });
      this.worker.postMessage({ id, ...message });
    });
  }

  // Run a cell: {ok, ms}. show({kind, text}) is called for each output. Rejects with Stopped when Python was ended.
  run(code, show) {
    return this.ask({ do: "run", code }, show);
  }

  // What the last of the cells needs of those above it: {imports, cells} (above.py).
  above(cells, ran) {
    return this.ask({ do: "above", cells, ran });
  }

  // Stop what runs. With an isolated page Python is interrupted and keeps its variables; otherwise it ends.
  stop() {
    if (!this.interrupt || !this.asked.size) return this.fail?.(new Stopped());
    const running = [...this.asked.keys()];
    this.interrupt[0] = 2;
    setTimeout(() => running.some((id) => this.asked.has(id)) && this.fail(new Stopped()), PATIENCE);
  }

  end(error = new Stopped()) {
    if (!this.on) return;
    this.worker?.terminate();
    this.starting = this.worker = null;
    const left = [...this.asked.values()];
    this.asked.clear();
    for (const { failed } of left) failed(error);
    this.told.gone();
  }
}
