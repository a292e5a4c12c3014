// Drawing: a canvas of the right size, the book's markers, labels that keep out of each other's way.

export const FONT = '"Fira Sans", system-ui, sans-serif';

export const density = () => Math.min(2, devicePixelRatio || 1);

// a cleared context in CSS pixels
export function fit(canvas, width, height) {
  const d = density();
  const [w, hh] = [Math.round(width * d), Math.round(height * d)];
  if (canvas.width !== w || canvas.height !== hh) [canvas.width, canvas.height] = [w, hh];
  const c = canvas.getContext("2d");
  c.setTransform(d, 0, 0, d, 0, 0);
  c.clearRect(0, 0, width, height);
  c.lineJoin = c.lineCap = "round";
  return c;
}

function polygon(n, size, turn) {
  return Array.from({ length: n }, (_, k) => {
    const a = turn + (2 * Math.PI * k) / n;
    return [size * Math.cos(a), size * Math.sin(a)];
  });
}
const PLUS = [[1, 0.35], [0.35, 0.35], [0.35, 1], [-0.35, 1], [-0.35, 0.35], [-1, 0.35],
  [-1, -0.35], [-0.35, -0.35], [-0.35, -1], [0.35, -1], [0.35, -0.35], [1, -0.35]].map((p) => p.map((v) => 1.15 * v));
export const OUTLINE = { // by matplotlib's letter, as points around 0, y down
  o: polygon(24, 1, 0),
  s: polygon(4, 1.27, Math.PI / 4),
  D: polygon(4, 1.25, 0),
  h: polygon(6, 1.12, Math.PI / 2),
  "^": [[0, -1.15], [1.05, 0.8], [-1.05, 0.8]],
  v: [[0, 1.15], [1.05, -0.8], [-1.05, -0.8]],
  P: PLUS,
  X: PLUS.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]),
};

export function mark(c, marker, x, y, size) {
  c.beginPath();
  for (const [u, v] of OUTLINE[marker]) c.lineTo(x + u * size, y + v * size);
  c.closePath();
  c.fill();
  c.stroke();
}

export function icon(marker) {
  const points = OUTLINE[marker].map(([u, v]) => `${(7 + 5 * u).toFixed(1)},${(7 + 5 * v).toFixed(1)}`).join(" ");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 14 14");
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = `<polygon points="${points}"/>`;
  return svg;
}

// text with a halo of paper
export function halo(c, text, x, y, color, paper) {
  c.lineWidth = 4;
  c.strokeStyle = paper;
  c.strokeText(text, x, y);
  c.fillStyle = color;
  c.fillText(text, x, y);
}

// A function that writes labels beside points, at the first of ten places where there is room; the last resort is
// to write none, for the table beside the picture names every path too.
export function labeler(c, width, height, paper) {
  const taken = []; // boxes x, y, width; one line high
  const free = ([x, y], w) =>
    x >= 4 && x + w <= width - 4 && y >= 16 && y <= height - 5 &&
    taken.every((box) => x > box[0] + box[2] + 3 || x + w + 3 < box[0] || Math.abs(y - box[1]) > 17);
  const keep = (x, y) => taken.push([x - 8, y + 6, 16]);
  const write = (text, x, y, color) => {
    const w = c.measureText(text).width;
    const places = [[12, 5], [-w - 12, 5], [-w / 2, -13], [-w / 2, 23], [10, -12], [10, 22], [-w - 10, -12],
      [-w - 10, 22], [-w / 2, 42], [-w / 2, -31]].map(([dx, dy]) => [x + dx, y + dy]);
    const place = places.find((p) => free(p, w));
    if (!place) return;
    taken.push([...place, w]);
    halo(c, text, ...place, color, paper);
  };
  return { keep, write };
}

export function cross(c, x, y, size) {
  c.beginPath();
  c.moveTo(x - size, y - size);
  c.lineTo(x + size, y + size);
  c.moveTo(x + size, y - size);
  c.lineTo(x - size, y + size);
  c.stroke();
}

// a cross-hair: where the minimum is, or the best setting
export function crosshair(c, x, y, color, paper) {
  for (const [width, stroke] of [[4, paper], [1.6, color]]) {
    c.lineWidth = width;
    c.strokeStyle = stroke;
    c.beginPath();
    for (const [u, v] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      c.moveTo(x + 3 * u, y + 3 * v);
      c.lineTo(x + 8 * u, y + 8 * v);
    }
    c.stroke();
  }
}

const channels = (color) => [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));

// 256 colors along a ramp, as pixels: alpha, blue, green, red
function pixelsOf(ramp) {
  const colors = ramp.map(channels);
  return Uint32Array.from({ length: 256 }, (_, k) => {
    const at = (k / 255) * (colors.length - 1);
    const n = Math.min(colors.length - 2, Math.floor(at));
    const [r, g, b] = colors[n].map((from, q) => Math.round(from + (colors[n + 1][q] - from) * (at - n)));
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  });
}

// An image whose pixel (i, j) has the color of the ramp at tone(i, j), from 0 (first color) to 1; -1 leaves it clear.
export function shade(width, height, ramp, tone) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const c = canvas.getContext("2d");
  const image = c.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const table = pixelsOf(ramp);
  for (let j = 0, k = 0; j < height; j++) {
    for (let i = 0; i < width; i++, k++) {
      const u = tone(i, j);
      if (u !== -1) pixels[k] = table[Math.round(255 * Math.min(1, Math.max(0, u)))];
    }
  }
  c.putImageData(image, 0, 0);
  return canvas;
}
