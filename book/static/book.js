// A box that scrolls sideways can be reached and scrolled with the keyboard.
const names = { "equation-body": "Equation", "table-box": "Table" };
const reach = () => {
  const boxes = [...document.querySelectorAll(".equation-body, div.highlight > pre, .cell_output pre, .table-box")];
  const wide = boxes.map((box) => box.scrollWidth > box.clientWidth + 1); // all read before any is written: one layout
  boxes.forEach((box, i) => {
    if (wide[i] === box.hasAttribute("tabindex")) return;
    if (wide[i]) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", names[box.className] ?? "Code");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  });
};
document.fonts.ready.then(reach).then(() => (document.documentElement.dataset.ready = "1"));
document.fonts.addEventListener("loadingdone", reach); // a face that is met further down is wider or narrower
addEventListener("resize", reach);

// A table of algorithms can be narrowed: a choice for each column whose cells repeat.  Without scripts it is a table.
for (const table of document.querySelectorAll("table.algorithms")) {
  const rows = [...table.tBodies[0].rows];
  const text = (row, i) => row.cells[i].textContent.trim();
  const form = Object.assign(document.createElement("form"), { className: "filters" });
  const said = Object.assign(document.createElement("output"), { className: "filters-said" });
  const choices = [...table.tHead.rows[0].cells].flatMap((head, i) => {
    const values = [...new Set(rows.map((row) => text(row, i)))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    if (values.length === rows.length) return [];
    const label = Object.assign(document.createElement("label"), { textContent: head.textContent });
    const select = document.createElement("select");
    select.append(new Option("any", ""), ...values.filter(Boolean).map((value) => new Option(value)));
    label.append(select);
    form.append(label);
    return [[i, select]];
  });
  const narrow = () => {
    for (const row of rows) row.hidden = choices.some(([i, { value }]) => value && text(row, i) !== value);
    said.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  };
  form.addEventListener("change", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.append(said);
  (table.closest(".pst-scrollable-table-container, .table-box") ?? table).before(form);
  narrow();
}

// A chapter can be run on its page: book/live/, which is loaded when a reader asks for it.
for (const place of document.querySelectorAll(".live")) {
  const start = place.querySelector("button");
  const said = place.querySelector(".live-said");
  try {
    const { saved, cells } = JSON.parse(localStorage.getItem(`descent:live:${place.dataset.chapter}`)) ?? {};
    const day = new Date(saved).toLocaleDateString("en-US", { dateStyle: "long" });
    if (Object.keys(cells).length) said.textContent = `Your work of ${day} is here.`;
  } catch {} // nothing is kept, or nothing can be
  start.addEventListener("click", async () => {
    start.disabled = true;
    said.textContent = "The editors are loading.";
    try {
      const { open } = await import(new URL(place.dataset.page, location.href));
      await open(place);
    } catch (error) {
      start.disabled = false;
      said.textContent = "The editors could not be loaded. Is there a connection? A page opened from a file cannot run Python.";
      console.info(error);
    }
  });
}
