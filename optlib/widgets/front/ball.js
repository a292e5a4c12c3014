// Bells around a bell: the ball of a divergence, and the ends of two steps toward a target. Python: optlib/widgets/balls.py.

export const TARGET = [1, 0.5]; // mu, sigma
export const NAMES = ["sigma", "log"];

// KL(N(mu, sigma) || N(nu, tau))
export function divergence([mu, sigma], [nu, tau]) {
  if (!(tau > 0)) return Infinity;
  return Math.log(tau / sigma) + (sigma ** 2 + (mu - nu) ** 2) / (2 * tau ** 2) - 0.5;
}

function root(f, low, high) {
  const rising = f(high) > 0;
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (f(middle) > 0 === rising) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

// The edge of KL(p || q) = c around a bell of width one: pairs of the move of the mean and the ratio of the widths.
export function edge(c, count) {
  const square = (r) => 2 * r * r * (c + 0.5 - Math.log(r)) - 1; // of the move, at the ratio r
  const [low, high] = [root(square, 1e-9, 1), root(square, 1, Math.exp(c + 0.5))];
  return Array.from({ length: count }, (_, k) => {
    const turn = (2 * Math.PI * k) / count;
    const r = (low + high) / 2 + ((high - low) / 2) * Math.cos(turn);
    return [Math.sign(Math.sin(turn)) * Math.sqrt(Math.max(0, square(r))), r];
  });
}

// the slope of KL(target || N(mu, sigma)) by mu and sigma
function slope([mu, sigma]) {
  const far = mu - TARGET[0];
  return [far / sigma ** 2, (sigma ** 2 - TARGET[1] ** 2 - far ** 2) / sigma ** 3];
}

// Where the steepest step ends as a bell (mu, sigma): on the circle of radius sqrt(2 c) in these coordinates, and on the
// Fisher ellipse of divergence c. No step at the target.
export function ends([mu, sigma], c, name) {
  const [a, b] = slope([mu, sigma]);
  const way = name === "log" ? [a, sigma * b] : [a, b];
  const metric = [1 / sigma ** 2, name === "log" ? 2 : 2 / sigma ** 2];
  const natural = [way[0] / metric[0], way[1] / metric[1]];
  const size = Math.hypot(...way);
  if (size < 1e-9) return null;
  const plain = Math.sqrt(2 * c) / size;
  const far = Math.sqrt((2 * c) / (way[0] * natural[0] + way[1] * natural[1]));
  const end = (u, v) => [mu - u, name === "log" ? sigma * Math.exp(-v) : sigma - v];
  return { gradient: end(plain * way[0], plain * way[1]), natural: end(far * natural[0], far * natural[1]) };
}
