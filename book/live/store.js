// What a student wrote on a page: in the browser's memory, {saved: time, cells: {key: text}} without outputs, and as a notebook.
const place = (chapter) => `descent:live:${chapter}`;
const blocked = "This browser keeps nothing for this page (a private window, or its settings): download your notebook before you leave.";
const full = "This browser's memory for this site is full: your last changes are not kept. Download your notebook before you leave.";

function parse(text) {
  const { saved, cells } = JSON.parse(text);
  const texts = Object.entries(cells).filter(([, value]) => typeof value === "string");
  return { saved, cells: Object.fromEntries(texts) };
}

// The work of a chapter, and a sentence where something is wrong.
export function read(chapter) {
  let text = null;
  try {
    text = localStorage.getItem(place(chapter));
    return { work: text === null ? { cells: {} } : parse(text), said: "" };
  } catch {
    if (text === null) return { work: { cells: {} }, said: blocked };
    try {
      localStorage.setItem(`${place(chapter)}:unreadable`, text); // kept, for what a person can still read in it
    } catch {}
    return { work: { cells: {} }, said: "What this browser kept of your work cannot be read any more." };
  }
}

// Add these texts to what is kept, null to forget one; "" or a sentence that says why nothing is kept.
// What another window of the same chapter kept meanwhile stays.
export function write(chapter, texts) {
  const { work, said } = read(chapter);
  if (said === blocked) return said;
  for (const [key, text] of Object.entries(texts)) {
    if (text === null) delete work.cells[key];
    else work.cells[key] = text;
  }
  try {
    if (Object.keys(work.cells).length) {
      localStorage.setItem(place(chapter), JSON.stringify({ saved: new Date().toISOString(), cells: work.cells }));
    } else localStorage.removeItem(place(chapter));
    return "";
  } catch (error) {
    return error?.name === "QuotaExceededError" ? full : blocked;
  }
}

// The chapter's notebook with the student's texts in its code cells, and at its end those that have no place in it.
export function notebook(book, texts, late) {
  const mine = structuredClone(book);
  const lines = (text) => text.split(/(?<=\n)/);
  const codes = mine.cells.filter((cell) => cell.cell_type === "code");
  for (const [n, cell] of codes.entries()) cell.source = lines(texts[n]);
  const words = "Cells of mine that have no place in this chapter any more.";
  if (late.length) mine.cells.push({ cell_type: "markdown", id: "late", metadata: {}, source: [words] });
  for (const [n, text] of late.entries()) {
    mine.cells.push({ cell_type: "code", id: `late-${n}`, metadata: {}, source: lines(text), outputs: [], execution_count: null });
  }
  return mine;
}
