// What a widget needs of the page around it: a root of its own, the theme, a name, and small elements.

import { INK, RAMP } from "../generated.js";

// h("button", { class: "b", onclick: f }, "Play")
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

// A shadow root, so that no style sheet of the page reaches in.  What stood in `el` (the still figure) is hidden by it.
export function mount(el, css, label) {
  const shadow = el.shadowRoot ?? el.attachShadow({ mode: "open" });
  // JupyterLab would take arrow keys for its own
  el.dataset.lmSuppressShortcuts = "true";
  const root = h("section", { class: "app", "aria-label": label });
  shadow.replaceChildren(h("style", {}, css), root);
  return root;
}

// The name of this widget in links: the second of a name on a page gets -2.  A page may mount its widgets in any order,
// so there the order of the page counts; in JupyterLab, the order in which they are shown.
export function nameOn(el, name) {
  const boxes = [...document.querySelectorAll(".descent-widget")];
  const alike = boxes.filter((box) => JSON.parse(box.dataset.state ?? "{}").name === name);
  let n = alike.indexOf(el.closest(".descent-widget")) + 1;
  const taken = (own) => [...document.querySelectorAll("[data-descent]")].some((node) => node.dataset.descent === own);
  const called = () => (n > 1 ? `${name}-${n}` : name);
  // not on such a page: the first name that is free
  if (n === 0) for (n = 1; taken(called()); ) n++;
  el.dataset.descent = called();
  return called();
}

// Light or dark: what the site says, else what JupyterLab says, else what the system says.
export function theme(root, changed) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const look = { dark: false, ink: INK.light, ramp: RAMP.light };
  const set = () => {
    const site = document.documentElement.dataset.theme;
    const lab = document.body.dataset.jpThemeLight;
    look.dark = site === "dark" || (site !== "light" && (lab ? lab === "false" : system.matches));
    const skin = look.dark ? "dark" : "light";
    [look.ink, look.ramp] = [INK[skin], RAMP[skin]];
    root.toggleAttribute("data-dark", look.dark);
    for (const [name, color] of Object.entries(look.ink)) root.style.setProperty(`--${name}`, color);
    changed();
  };
  const watch = new MutationObserver(set);
  watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  watch.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  system.addEventListener("change", set);
  const stop = () => {
    watch.disconnect();
    system.removeEventListener("change", set);
  };
  return { look, set, stop };
}

// Run `work` once in the next frame, however often it is asked for; the time it took stands on the root, for tests.
export function everyFrame(root, work) {
  let wanted = 0;
  const ask = () => {
    wanted ||= requestAnimationFrame(() => {
      wanted = 0;
      const before = performance.now();
      work();
      root.dataset.ms = (performance.now() - before).toFixed(2);
    });
  };
  return { ask, stop: () => cancelAnimationFrame(wanted) };
}

// Run `work` when nothing has asked for it for a quarter of a second.
export function atRest(work) {
  let timer = 0;
  return {
    ask() {
      clearTimeout(timer);
      timer = setTimeout(work, 250);
    },
    stop: () => clearTimeout(timer),
  };
}
