// Level curves by marching squares.

// z: (nx + 1) * (ny + 1) values, row by row; levels ascending.  For each level: x0 y0 x1 y1 of its segments, in units
// of the grid.  A moved slider asks for this in every frame, so the loop makes no arrays.
export function segments(z, nx, ny, levels) {
  const out = levels.map(() => []);
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const k = j * (nx + 1) + i;
      // corners, clockwise from the top left
      const a = z[k];
      const b = z[k + 1];
      const c = z[k + nx + 2];
      const d = z[k + nx + 1];
      const low = Math.min(a, b, c, d);
      const high = Math.max(a, b, c, d);
      for (let n = 0; n < levels.length; n++) {
        const v = levels[n];
        if (v <= low) continue;
        if (v > high) break;
        // two crossings, or four at a saddle: either way they pair up
        const cut = out[n];
        if (a < v !== b < v) cut.push(i + (v - a) / (b - a), j);
        if (b < v !== c < v) cut.push(i + 1, j + (v - b) / (c - b));
        if (c < v !== d < v) cut.push(i + (v - d) / (c - d), j + 1);
        if (d < v !== a < v) cut.push(i, j + (v - a) / (d - a));
      }
    }
  }
  return out;
}

// the curves of `segments` as one path, the grid stretched to width and height
export function trace(curves, nx, ny, width, height) {
  const path = new Path2D();
  const [u, v] = [width / nx, height / ny];
  for (const s of curves) {
    for (let i = 0; i < s.length; i += 4) {
      path.moveTo(s[i] * u, s[i + 1] * v);
      path.lineTo(s[i + 2] * u, s[i + 3] * v);
    }
  }
  return path;
}
