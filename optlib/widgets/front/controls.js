// Buttons, sliders and the table of rules.

import { RULES } from "../generated.js";
import { icon } from "./canvas.js";
import { clamp, number } from "./numbers.js";
import { h } from "./page.js";

// where a value lies on its slider
export const LOG = { to: Math.log10, from: (s) => Number((10 ** s).toPrecision(3)), step: 0.01 };
export const FADE = { // averages: equal steps multiply how far back they look, 1 / (1 - beta)
  to: (v) => -Math.log10(1 - v),
  from: (s) => Number((1 - 10 ** -s).toFixed(5)),
  step: 0.01,
};
export const PLAIN = { to: (v) => v, from: (s) => s, step: 0.01 };
export const COUNT = { to: (v) => v, from: Math.round, step: 1 };

export function button(label, run, properties = {}) {
  return h("button", { type: "button", class: "button", onclick: run, ...properties }, label);
}

// low, high: in values.  get, set: the setting.  text: its value in words.
export function slider({ label, low, high, scale, get, set, text = number }) {
  const [min, max] = [scale.to(low), scale.to(high)];
  const input = h("input", { type: "range", "aria-label": label, min, max, step: scale.step });
  const output = h("span", { class: "value" });
  input.addEventListener("input", () => set(clamp(scale.from(Number(input.value)), low, high)));
  const update = () => {
    input.value = scale.to(get());
    output.textContent = text(get());
    input.setAttribute("aria-valuetext", output.textContent);
  };
  return { input, output, update };
}

// a slider with its label before and its value behind
export function sliderRow(options) {
  const made = slider({ ...options, label: options.spoken ?? options.label });
  const label = h("span", { "aria-hidden": "true" }, options.label);
  const element = h("div", { class: "slide" }, label, made.input, made.output);
  return { ...made, element };
}

// A mark under a slider at the value `at()`, with a word; hidden where it is off the slider.
export function tick(scale, low, high, at, word) {
  const element = h("div", { class: "tick", "aria-hidden": "true" }, h("span", {}, ""));
  const update = () => {
    const part = (scale.to(at()) - scale.to(low)) / (scale.to(high) - scale.to(low));
    element.hidden = !(part >= 0 && part <= 1);
    // the middle of a thumb of 16 pixels runs from 8 to width - 8
    element.style.setProperty("--at", `calc(8px + ${part.toFixed(4)} * (100% - 16px))`);
    element.classList.toggle("late", part > 0.6);
    element.firstChild.textContent = word();
  };
  return { element, update };
}

export function choice(label, options, get, set) {
  const element = h("select", { "aria-label": label, onchange: () => set(element.value) });
  for (const [value, text] of Object.entries(options)) element.append(h("option", { value }, text));
  return { element, update: () => (element.value = get()) };
}

// A row's head: the box that shows or hides the rule, its marker, its name.
export function ruleHead(name, checked, toggle) {
  const box = checked && h("input", { type: "checkbox", onchange: () => toggle(box.checked) });
  const parts = [icon(RULES[name].marker), RULES[name].label];
  const label = box ? h("label", { class: "rule" }, box, ...parts) : h("span", { class: "rule" }, ...parts);
  return { box, element: h("th", { scope: "row" }, label) };
}
