// A code cell of the page that can be edited and run: its editor, its buttons, and what it shows.
import { editor } from "./editor.js";
import { button, make } from "./make.js";

const EXERCISE = /\bcheck\(\s*["']([a-z][a-z0-9-]*-\d+)["']/;
const MIME = { "image/png": "image/png", "image/svg+xml": "image/svg+xml" };

export class Cell {
  // box: the cell on the page; n: its number among the page's code cells; base: the book's text;
  // told: {run(cell, {above, on}), stop(), changed(cell)}
  constructor(box, n, id, base, told) {
    Object.assign(this, { box, n, id, base, told, ran: false, bookOutput: box.querySelector(".cell_output") });
    this.exercise = EXERCISE.exec(base)?.[1] ?? "";
    const number = this.exercise && document.querySelector(`#${this.exercise} .box-number`)?.textContent.trim();
    this.name = number ? number.replace("Exercise", "exercise") : `cell ${n + 1}`;
    this.folded = box.querySelector("details.figure-code");
  }

  // Put an editor in the place of the book's listing.
  open(text) {
    const input = this.box.querySelector(".cell_input");
    const label = `Code of ${this.name}`;
    this.shell = make("div", { className: "live-editor" });
    this.editor = editor(this.shell, text, { "aria-label": label, "aria-describedby": "live-keys", tabindex: "0" }, {
      changed: () => (this.look(), this.told.changed(this)),
      run: (on) => this.told.run(this, { on }),
    });
    this.buttons = {
      run: button("Run", this.name, () => this.told.run(this)),
      above: button("Run above", this.name, () => this.told.run(this, { above: true })),
      reset: button("Reset", this.name, () => this.reset()),
      stop: button("Stop", this.name, () => this.told.stop()),
    };
    this.buttons.above.title = "Runs the cells above that have not run, then this one";
    this.buttons.reset.title = "Brings the book's text back; undo brings yours";
    if (!this.n) this.buttons.above.hidden = true;
    this.line = make("span", { className: "live-state" });
    const tools = make("div", { className: "live-tools", role: "group", label: `Run ${this.name}` });
    tools.append(...Object.values(this.buttons), this.line);
    input.hidden = true;
    input.after(this.shell, tools);
    this.folded?.addEventListener("toggle", () => this.editor.view.requestMeasure());
    this.state("");
  }

  get text() {
    return this.editor.text;
  }

  get key() {
    return this.exercise || this.id;
  }

  get changed() {
    return this.text !== this.base;
  }

  look() {
    this.buttons.reset.disabled = !this.changed;
  }

  reset() {
    this.editor.text = this.base;
    this.clear(true);
    this.state("");
    this.editor.focus();
  }

  focus() {
    if (this.folded) this.folded.open = true;
    this.editor.focus();
  }

  // state: "", "waits" or "runs"; words stand beside the buttons.
  state(state, words = "") {
    this.box.dataset.live = state;
    this.buttons.stop.hidden = !state;
    this.buttons.run.disabled = this.buttons.above.disabled = Boolean(state);
    this.line.textContent = words;
    this.look();
  }

  // Nothing shown by this cell, or what the book shows.
  clear(book = false) {
    this.output?.remove();
    this.output = null;
    if (this.bookOutput) this.bookOutput.hidden = !book;
  }

  // Show one output: {kind, text}.
  show({ kind, text }) {
    if (!this.output) {
      this.clear();
      this.output = make("div", { className: "live-output cell_output" });
      this.box.append(this.output);
    }
    const last = this.output.lastElementChild;
    if (kind === "stream" && last?.dataset.kind === "stream") return last.firstChild.append(text);
    const part = make("div", { className: kind === "html" ? "output text_html" : "output" });
    part.dataset.kind = kind;
    if (kind === "html") part.innerHTML = text;
    else if (kind in MIME) part.append(make("img", { src: `data:${MIME[kind]};base64,${text}`, alt: `Drawn by ${this.name}` }));
    else part.append(make("pre", { textContent: text }));
    this.output.append(part);
  }

  // Boxes that scroll can be reached by the keyboard, and widgets stand.
  async settle() {
    for (const box of this.output?.querySelectorAll("pre, .table-box") ?? []) {
      if (box.scrollWidth > box.clientWidth + 1) Object.assign(box, { tabIndex: 0, ariaLabel: `Output of ${this.name}` }).setAttribute("role", "group");
    }
    const widgets = this.output?.querySelectorAll(".descent-widget") ?? [];
    if (widgets.length) {
      const { near } = await import(new URL("../loader.js", import.meta.url));
      for (const box of widgets) near.observe(box);
    }
  }

  // The verdicts shown, in words.
  get verdict() {
    const verdicts = [...(this.output?.querySelectorAll(".descent-verdict") ?? [])];
    return verdicts.map((verdict) => verdict.textContent.replace(/^[^\w]+/, "").trim()).join(" ");
  }
}
