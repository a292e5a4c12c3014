// "Run and edit here": the code of a chapter becomes editors, and Python runs in a worker.  book.js loads this when asked.
import { button, make } from "./make.js";
import { Python, Stopped } from "./python.js";
import { notebook, read, write } from "./store.js";

const HERE = new URL(".", import.meta.url);
const STOPPED = "Python was stopped. Its variables are gone, your text is kept; the next run starts Python again.";
const KEPT =
  "What you write is kept in this browser, on this machine, and is sent nowhere; what cells print is not kept. " +
  "Clearing the site's data forgets it, and so does a private window. The notebook that you download holds the whole chapter with your cells, for JupyterLab.";

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const day = (time) => new Date(time).toLocaleDateString("en-US", { dateStyle: "long" });
const ended = (error) => (error instanceof Stopped ? "Stopped. Variables are gone." : error.message);
const capital = (words) => words[0].toUpperCase() + words.slice(1);

function style() {
  const link = make("link", { rel: "stylesheet", href: new URL("live.css", HERE) });
  return new Promise((done) => {
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

// place: the box of the button, with data-chapter and data-notebook.  Python starts while the editors are on their way.
export async function open(place) {
  const before = [...place.childNodes];
  await style();
  const session = new Session(place);
  try {
    const [book, { Cell }] = await Promise.all([fetched(place.dataset.notebook), import("./cells.js")]);
    const boxes = [...document.querySelectorAll("article div.cell")];
    const codes = book.cells.filter((cell) => cell.cell_type === "code");
    if (boxes.length !== codes.length) throw new Error("the page and its notebook are of different days");
    session.open(book, (told) => boxes.map((box, n) => new Cell(box, n, codes[n].id, [codes[n].source].flat().join(""), told)));
  } catch (error) {
    session.python.end();
    place.className = "live";
    place.replaceChildren(...before);
    throw error;
  }
}

class Session {
  constructor(place) {
    Object.assign(this, { place, chapter: place.dataset.chapter, cells: [], jobs: [], busy: false });
    Object.assign(this, { imported: new Set(), dirty: new Set() });
    this.bar();
    this.python = new Python(HERE.href, {
      progress: (message) => this.progress(message),
      ready: () => (this.meter.hidden = true),
      gone: () => this.forget(),
    });
    this.begin();
  }

  open(book, cells) {
    this.book = book;
    this.cells = cells({ run: (cell, how) => this.ask(cell, how), stop: () => this.stop(), changed: (cell) => this.keep(cell) });
    const { work, said } = read(this.chapter);
    this.lost = { ...work.cells };
    let own = 0;
    for (const cell of this.cells) {
      cell.open(this.lost[cell.key] ?? cell.base);
      own += cell.key in this.lost;
      delete this.lost[cell.key];
    }
    if (own) this.note(`Your work of ${day(work.saved)} is here: ${own} ${own === 1 ? "cell" : "cells"}.`);
    if (Object.keys(this.lost).length) this.note("A cell that you changed is no longer in this chapter; your text is at the end of your notebook.");
    if (said) this.note(said);
    addEventListener("pagehide", () => this.flush());
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
  }

  // ---------------------------------------------------------------- the bar

  bar() {
    const { place } = this;
    this.said = make("p", { className: "live-said", role: "status" });
    this.fill = make("span");
    this.meter = make("div", { className: "live-meter", role: "progressbar", label: "Loading Python", hidden: true }, this.fill);
    this.bytes = make("span", { className: "live-bytes" });
    this.notes = make("div", { className: "live-notes" });
    this.buttons = {
      all: button("Run all", "", () => this.all()),
      stop: button("Stop", "", () => this.stop()),
      restart: button("Restart Python", "", () => this.restart()),
      download: button("Download my notebook", "", () => this.download()),
    };
    const keys = "Shift-Enter runs a cell and goes on. Tab indents; Escape, then Tab leaves the editor.";
    place.replaceChildren(
      this.said,
      this.meter,
      make("div", { className: "live-buttons" }, ...Object.values(this.buttons)),
      this.notes,
      make("p", { className: "live-keys", id: "live-keys", textContent: keys }),
      make("details", { className: "live-kept" }, make("summary", { textContent: "What is kept" }), make("p", { textContent: KEPT })),
    );
    Object.assign(place, { className: "live live-on", tabIndex: -1 }).setAttribute("role", "region");
    place.setAttribute("aria-label", "Python on this page");
    place.focus({ preventScroll: true });
  }

  say(words) {
    if (this.said.firstChild?.data !== words) this.said.replaceChildren(words, " ", this.bytes);
    this.bytes.textContent = "";
    this.look();
  }

  note(words) {
    this.notes.append(make("p", { textContent: words }));
  }

  look() {
    this.buttons.stop.hidden = !this.busy && !this.loading;
    this.buttons.all.disabled = this.busy;
  }

  progress({ step, done, total }) {
    const part = total ? done / total : 0;
    const here = part >= 1;
    this.say(here ? (this.now ? `${capital(this.now.name)} runs.` : "Python is starting.") : step);
    this.meter.hidden = here;
    this.fill.style.width = `${100 * part}%`;
    for (const [name, value] of Object.entries({ valuemin: 0, valuemax: 100, valuenow: Math.round(100 * part) })) {
      if (total) this.meter.setAttribute(`aria-${name}`, value);
      else this.meter.removeAttribute(`aria-${name}`);
    }
    if (total && !here) this.bytes.textContent = `${megabytes(done)} of ${megabytes(total)} MB`;
    if (this.now) this.now.line.textContent = here ? "Runs." : `${step} ${this.bytes.textContent}`;
  }

  // ---------------------------------------------------------------- Python

  // Start Python.  A later start makes this one silent.
  async begin() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.loading = true;
    this.say("Python is starting.");
    let trouble = null;
    try {
      await this.python.start();
    } catch (error) {
      trouble = error;
    }
    if (turn !== this.turn) return;
    this.loading = false;
    if (trouble) this.trouble(trouble);
    else if (!this.busy) this.say("Python is ready.");
    this.look();
  }

  trouble(error) {
    if (this.loading) return; // it is being started anew
    this.meter.hidden = true;
    this.say(error instanceof Stopped ? STOPPED : `${error.message} Your text is kept; Run tries again.`);
  }

  // Python has ended: nothing has run in the next one.
  forget() {
    for (const cell of this.cells) Object.assign(cell, { ran: false, tried: null });
    this.imported.clear();
  }

  stop() {
    for (const { cell } of this.jobs.splice(0)) cell.state("");
    this.python.stop();
  }

  restart() {
    this.stop();
    this.python.end();
    return this.begin();
  }

  // ---------------------------------------------------------------- running

  // how: {above: the cells above too, on: go to the next cell, chain: one of many, which end where one goes wrong}
  ask(cell, { above = false, on = false, chain = false } = {}) {
    if (on) this.cells[cell.n + 1]?.focus();
    if (cell.box.dataset.live) return;
    cell.state("waits", this.busy ? "Waits for the cell before." : this.loading ? "Waits for Python." : "");
    this.jobs.push({ cell, above, chain });
    this.work();
  }

  all() {
    for (const cell of this.unrun(this.cells.length)) this.ask(cell, { chain: true });
  }

  // Cells above the nth that have not run; an exercise that nobody has begun is left out.
  unrun(n) {
    return this.cells.slice(0, n).filter((cell) => !cell.ran && (cell.changed || !cell.exercise));
  }

  async work() {
    if (this.busy) return;
    this.busy = true;
    for (let job; (job = this.jobs.shift()); ) {
      try {
        if (!(await this.perform(job)) && job.chain) this.cut(job.cell);
      } catch (error) {
        for (const { cell } of this.jobs.splice(0)) cell.state("");
        job.cell.state("", ended(error));
        this.trouble(error);
      }
    }
    this.busy = false;
    this.look();
  }

  cut(cell) {
    for (const { cell: other } of this.jobs.splice(0)) other.state("");
    this.say(`${capital(cell.name)} has not come to its end; the cells below it have not run.`);
  }

  // Run a cell with what it needs; whether it came to its end.
  async perform({ cell, above }) {
    this.look();
    if (!this.python.on) this.begin();
    await this.python.start();
    const before = above ? this.unrun(cell.n) : await this.needed(cell);
    for (const other of before) {
      cell.state("waits", `First runs ${other.name}, which it needs.`);
      if (!(await this.one(other, !other.changed && !above))) {
        cell.state("", `Not run: ${other.name}, which it needs, has not come to its end.`);
        return false;
      }
    }
    return this.one(cell);
  }

  // The cells above that this one needs and that have not run; the imports that it needs are done.
  async needed(cell) {
    const cells = this.cells.slice(0, cell.n + 1);
    const asked = await this.python.above(cells.map((each) => each.text), cells.map((each) => each.ran || each.tried === each.text));
    const imports = asked.imports.filter((line) => !this.imported.has(line));
    if (imports.length) {
      const { ok } = await this.python.run(imports.join("\n"), () => {});
      if (ok) for (const line of imports) this.imported.add(line);
    }
    return asked.cells.map((n) => this.cells[n]);
  }

  // Run one cell; whether it came to its end.  quiet: the book's output stays, unless something goes wrong.
  async one(cell, quiet = false) {
    let shown = false;
    const show = (message) => {
      if (quiet && message.kind !== "error") return;
      if (!shown) cell.clear();
      shown = true;
      cell.show(message);
    };
    this.now = cell;
    cell.state("runs", "Runs.");
    try {
      const { text } = cell;
      const { ok, ms } = await this.python.run(text, show);
      if (!shown && !quiet) cell.clear();
      cell.ran ||= ok;
      cell.tried = quiet || ok ? null : text; // what a student has seen fail is not run again behind their back
      cell.state("", ok ? `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s` : "");
      this.say(cell.verdict || `${capital(cell.name)} has ${ok ? "run" : "ended with an error"}.`);
      await cell.settle();
      return ok;
    } catch (error) {
      cell.state("", ended(error));
      throw error;
    } finally {
      this.now = null;
    }
  }

  // ---------------------------------------------------------------- keeping

  keep(cell) {
    this.dirty.add(cell);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), 300);
  }

  flush() {
    if (!this.dirty.size) return;
    const texts = [...this.dirty].map((cell) => [cell.key, cell.changed ? cell.text : null]);
    this.dirty.clear();
    const wrong = write(this.chapter, Object.fromEntries(texts));
    if (wrong && wrong !== this.wrong) this.note(wrong);
    this.wrong = wrong;
  }

  download() {
    if (!this.book) return;
    this.flush();
    const text = JSON.stringify(notebook(this.book, this.cells.map((cell) => cell.text), Object.values(this.lost)), null, 1);
    const address = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
    make("a", { href: address, download: `${this.chapter}_mine.ipynb` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
