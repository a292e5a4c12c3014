// Mounts the widgets of a page without a kernel. Each lies in the page as
//   <div class="descent-widget" data-module="explorer.js" data-state='{"...": ...}'>a still figure</div>
// and its module is the one JupyterLab runs. The figure stays until the widget stands, and for good if it fails.
// What comes to the page later is given to `near.observe`.

class Model {
  constructor(state) {
    this.state = state;
    this.listeners = {};
  }
  get(key) {
    return this.state[key];
  }
  set(key, value) {
    if (typeof key === "object") return Object.entries(key).forEach(([k, v]) => this.set(k, v));
    const before = this.state[key];
    this.state[key] = value;
    if (before !== value) {
      this.emit(`change:${key}`, value);
      this.emit("change");
    }
  }
  on(event, listener) {
    (this.listeners[event] ??= []).push(listener);
  }
  off(event, listener) {
    if (!event) this.listeners = {};
    else this.listeners[event] = listener ? (this.listeners[event] ?? []).filter((l) => l !== listener) : [];
  }
  emit(event, ...values) {
    for (const listener of this.listeners[event] ?? []) listener(...values);
  }
  save_changes() {}
  send() {}
}

async function mount(box) {
  const stage = document.createElement("div");
  stage.className = "descent-stage";
  try {
    const { default: made } = await import(new URL(`widgets/${box.dataset.module}`, import.meta.url));
    const widget = typeof made === "function" ? await made() : made;
    const model = new Model(JSON.parse(box.dataset.state || "{}"));
    box.append(stage); // beside the figure, hidden: it can measure its place
    await widget.initialize?.({ model });
    await widget.render({ model, el: stage });
    box.replaceChildren(stage);
    stage.classList.add("ready");
    box.dataset.mounted = "1";
  } catch (error) {
    stage.remove();
    box.dataset.mounted = "failed";
    console.error(`${box.dataset.module}:`, error);
  }
}

export const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      mount(target);
    }
  },
  { rootMargin: "800px 0px" },
);
for (const box of document.querySelectorAll(".descent-widget")) near.observe(box);
