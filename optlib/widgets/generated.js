// Written by `python -m optlib.lives.javascript` from optlib/rules, optlib/problems/landscapes.py and
// optlib/plot/palette.py; a test holds it equal to them.  Change those, not this.
const { abs, cos, exp, sign, sin, sqrt, max: maximum, min: minimum } = Math;
const where = (condition, a, b) => (condition ? a : b);
const ratio = (a, b, otherwise) => (b === 0 ? otherwise : a / b);

export const RULES = {
  adagrad: {
    label: "AdaGrad",
    light: "#895108",
    dark: "#d2b43a",
    marker: "P",
    start: [0],
    hyper: {"lr": 0.01, "eps": 1e-10},
    step([theta, G], g, t, { lr, eps }) {
      G = G + g * g;
      theta = theta - lr / (sqrt(G) + eps) * g;
      return [theta, G];
    },
  },
  adam: {
    label: "Adam",
    light: "#b64752",
    dark: "#fd7a83",
    marker: "^",
    start: [0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08},
    step([theta, m, v], g, t, { lr, beta1, beta2, eps }) {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * (g * g);
      const m_hat = m / (1 - beta1 ** t);
      const v_hat = v / (1 - beta2 ** t);
      theta = theta - lr * m_hat / (sqrt(v_hat) + eps);
      return [theta, m, v];
    },
  },
  adamax: {
    label: "Adamax",
    light: "#be4560",
    dark: "#fca197",
    marker: "v",
    start: [0, 0],
    hyper: {"lr": 0.002, "beta1": 0.9, "beta2": 0.999, "eps": 0.0},
    step([theta, m, u], g, t, { lr, beta1, beta2, eps }) {
      m = beta1 * m + (1 - beta1) * g;
      u = maximum(beta2 * u, abs(g) + eps);
      theta = theta - lr / (1 - beta1 ** t) * ratio(m, u, 0);
      return [theta, m, u];
    },
  },
  momentum: {
    label: "Momentum",
    light: "#14628c",
    dark: "#3a8aff",
    marker: "v",
    start: [0],
    hyper: {"lr": 0.01, "momentum": 0.9},
    step([theta, b], g, t, { lr, momentum }) {
      b = momentum * b + g;
      theta = theta - lr * b;
      return [theta, b];
    },
  },
  momentum_ema: {
    label: "Momentum, averaged",
    light: "#444e70",
    dark: "#74aab9",
    marker: "D",
    start: [0],
    hyper: {"lr": 0.1, "momentum": 0.9},
    step([theta, b], g, t, { lr, momentum }) {
      b = momentum * b + (1 - momentum) * g;
      theta = theta - lr * b;
      return [theta, b];
    },
  },
  momentum_inside: {
    label: "Momentum, rate inside",
    light: "#0660cb",
    dark: "#8b95c9",
    marker: "^",
    start: [0],
    hyper: {"lr": 0.01, "momentum": 0.9},
    step([theta, b], g, t, { lr, momentum }) {
      b = momentum * b + lr * g;
      theta = theta - b;
      return [theta, b];
    },
  },
  nadam: {
    label: "Nadam",
    light: "#8e2340",
    dark: "#e7626f",
    marker: "D",
    start: [0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08},
    step([theta, m, v], g, t, { lr, beta1, beta2, eps }) {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * (g * g);
      const m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1 ** t);
      const v_hat = v / (1 - beta2 ** t);
      theta = theta - lr * m_hat / (sqrt(v_hat) + eps);
      return [theta, m, v];
    },
  },
  nesterov: {
    label: "Nesterov",
    light: "#257da3",
    dark: "#73e8fe",
    marker: "s",
    start: [0],
    hyper: {"lr": 0.01, "momentum": 0.9},
    step([theta, b], g, t, { lr, momentum }) {
      b = momentum * b + g;
      theta = theta - lr * (g + momentum * b);
      return [theta, b];
    },
  },
  rmsprop: {
    label: "RMSProp",
    light: "#743503",
    dark: "#bd7d50",
    marker: "h",
    start: [0],
    hyper: {"lr": 0.01, "rho": 0.9, "eps": 1e-08},
    step([theta, v], g, t, { lr, rho, eps }) {
      v = rho * v + (1 - rho) * (g * g);
      theta = theta - lr * g / (sqrt(v) + eps);
      return [theta, v];
    },
  },
  sgd: {
    label: "SGD",
    light: "#044094",
    dark: "#a0abfa",
    marker: "o",
    start: [],
    hyper: {"lr": 0.01},
    step([theta], g, t, { lr }) {
      theta = theta - lr * g;
      return [theta];
    },
  },
};

export const LANDSCAPES = {
  ravine: {
    title: "Ravine",
    window: [-2, 2, -1.7, 1.7],
    start: [-1.7, 0.9],
    hyper: {"kappa": 10},
    lowest: 0.0,
    minima: [[0.0, 0.0]],
    f(x, y, { kappa }) {
      return (x * x + kappa * (y * y)) / 2;
    },
    grad(x, y, { kappa }) {
      return [x, kappa * y];
    },
  },
  tilted_ravine: {
    title: "Tilted ravine",
    window: [-2, 2, -1.7, 1.7],
    start: [-1.6, 0.2],
    hyper: {"kappa": 30, "angle": 0.6283185307179586},
    lowest: 0.0,
    minima: [[0.0, 0.0]],
    f(x, y, { kappa, angle }) {
      const p = cos(angle) * x + sin(angle) * y;
      const q = cos(angle) * y - sin(angle) * x;
      return (p * p + kappa * (q * q)) / 2;
    },
    grad(x, y, { kappa, angle }) {
      const s0 = cos(angle);
      const s1 = sin(angle);
      const s2 = s0 * x + s1 * y;
      const s3 = kappa * (s0 * y - s1 * x);
      return [s0 * s2 - s1 * s3, s0 * s3 + s1 * s2];
    },
  },
  rosenbrock: {
    title: "Rosenbrock's valley",
    window: [-2, 1.9, -1.35, 2.1],
    start: [-1.15, -0.62],
    hyper: {"a": 1, "b": 100},
    lowest: 0.0,
    minima: [[1.0, 1.0]],
    f(x, y, { a, b }) {
      return (a - x) ** 2 + b * (y - x * x) ** 2;
    },
    grad(x, y, { a, b }) {
      const s0 = x ** 2;
      return [-2 * a - 4 * b * x * (-s0 + y) + 2 * x, b * (-2 * s0 + 2 * y)];
    },
  },
  two_wells: {
    title: "Two wells",
    window: [-1.8, 1.8, -1.45, 1.75],
    start: [0.3, 1.32],
    hyper: {},
    lowest: -0.328432396454,
    minima: [[-1.048665782944, 0.240516930539], [0.939204593337, 0.094475686179]],
    f(x, y) {
      const u = y - 0.45 * (x * x) + 0.2;
      return (x * x - 1) ** 2 + 0.35 * x + 0.9 * (u * u) + 0.25 * sin(2.2 * y) * cos(1.3 * x);
    },
    grad(x, y) {
      const s0 = x ** 2;
      const s1 = 1.3 * x;
      const s2 = 2.2 * y;
      return [4 * x * (s0 - 1) - 1.62 * x * (-0.45 * s0 + y + 0.2) - 0.325 * sin(s1) * sin(s2) + 0.35, -0.81 * s0 + 1.8 * y + 0.55 * cos(s1) * cos(s2) + 0.36000000000000004];
    },
  },
  saddle: {
    title: "Saddle",
    window: [-1.9, 1.9, -1.6, 1.6],
    start: [-1.2, 0.02],
    hyper: {},
    lowest: -0.25,
    minima: [[0.0, -1.0], [0.0, 1.0]],
    f(x, y) {
      return x * x / 2 - y * y / 2 + y ** 4 / 4;
    },
    grad(x, y) {
      return [x, y ** 3 - y];
    },
  },
};

export const INK = {"light": {"paper": "#ffffff", "ink": "#1b1f24", "muted": "#59616b", "rule": "#c3c9d0", "grid": "#e7eaed", "alarm": "#8f2d00"}, "dark": {"paper": "#14181e", "ink": "#e8eaed", "muted": "#a3acb6", "rule": "#454e59", "grid": "#272e37", "alarm": "#ffb38a"}};
export const RAMP = {"light": ["#fbfcfd", "#f5f8fa", "#eff3f7", "#e7edf4", "#e0e8f0", "#d7e1ec", "#cddbe8", "#c4d3e3"], "dark": ["#161b21", "#191f27", "#1d252e", "#212a35", "#252f3c", "#293544", "#2e3b4b", "#324153"]};
