// Elements and buttons in a line.
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  const { role, label, ...others } = properties;
  Object.assign(node, others);
  if (role) node.setAttribute("role", role);
  if (label) node.setAttribute("aria-label", label);
  node.append(...children);
  return node;
}

export const button = (words, label, click) => {
  const node = make("button", { type: "button", className: "live-button", textContent: words });
  if (label) node.setAttribute("aria-label", `${words} ${label}`);
  node.addEventListener("click", click);
  return node;
};
