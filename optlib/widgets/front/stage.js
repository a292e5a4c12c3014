// What the widgets have in common: settings that the kernel, a link and the reader's hand may change, panels that
// follow them, a sentence that says what is seen.

import CSS from "./style.css";
import { RULES } from "../generated.js";
import { atRest, everyFrame, h, mount, nameOn, theme } from "./page.js";
import { decode, encode, follow } from "./settings.js";

// fields: the settings.  build(app): two columns of panels {element, update, describe?, handle?, stop?}.
// compute(app): before the panels are updated.  tell(app): the sentence.  Returns app and what takes all down again.
export function stage({ model, el }, { label, help, fields, build, compute, tell }) {
  const name = nameOn(el, model.get("name"));
  // landmarks of one page must differ
  const root = mount(el, CSS, name === model.get("name") ? label : `${label} (${name})`);
  const state = {};
  let panels = [];
  const frame = everyFrame(root, draw);
  const rest = atRest(settle);
  const changed = () => {
    frame.ask();
    rest.ask();
  };
  const sync = follow(model, fields, state, changed);
  const skin = theme(root, changed);
  const color = (rule) => RULES[rule][skin.look.dark ? "dark" : "light"];
  const app = { state, first: structuredClone(state), listed: model.get("rules"), look: skin.look, color, changed };

  const [left, right] = build(app);
  panels = [...left, ...right];
  const status = h("p", { class: "foot status", role: "status" });
  const link = h("a", { class: "link", href: "#" }, "Link to this view");
  const hint = h("p", { class: "foot", id: "help" }, help, " ", link);
  for (const panel of panels) panel.handle?.setAttribute("aria-describedby", "help");
  const column = (list) => h("div", { class: "column side" }, ...list.map((panel) => panel.element));
  root.append(h("div", { class: "grid" }, column(left), column(right), status, hint));

  function draw() {
    compute(app);
    for (const panel of panels) panel.update();
  }
  // what waits until the hand rests: words, the link (the page's address changes only by a click on it), the kernel
  function settle() {
    status.textContent = tell(app);
    for (const panel of panels) panel.describe?.(status.textContent);
    link.href = encode(name, fields, state);
    sync.push();
  }
  function arrive() {
    const linked = decode(location.hash, name, fields);
    if (!linked) return;
    Object.assign(state, linked);
    changed();
    el.scrollIntoView({ block: "nearest" });
  }
  addEventListener("hashchange", arrive);
  const fitting = new ResizeObserver(frame.ask);
  fitting.observe(root);
  skin.set();
  arrive();
  draw();
  settle(); // what is drawn has its name at once

  const stop = () => {
    for (const part of [frame, rest, sync, skin, ...panels]) part.stop?.();
    fitting.disconnect();
    removeEventListener("hashchange", arrive);
    delete el.dataset.descent;
  };
  return { app, stop };
}

// what a control does with a new value
export function setter(app, key) {
  return (value) => {
    app.state[key] = value;
    app.changed();
  };
}

// What a widget's module exports; its data are what `compute` left in app.data.
export const widget = (options) => ({
  render({ model, el }) {
    const { app, stop } = stage({ model, el }, options);
    el.descent = { state: app.state, changed: app.changed, data: () => app.data }; // for tests
    return stop;
  },
});
