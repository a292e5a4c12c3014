// Written by `python -m optlib.lives.javascript` from optlib/rules, optlib/schedules.py,
// optlib/problems/landscapes.py and optlib/plot/palette.py; a test holds it equal
// to them.  Change those, not this.
const { abs, cos, exp, log, sign, sin, sqrt, max: maximum, min: minimum, PI: pi } = Math;
const where = (condition, a, b) => (condition ? a : b);
const ratio = (a, b, otherwise) => (b === 0 ? otherwise : a / b);

export const RULES = {
  adabelief: {
    label: "AdaBelief",
    light: "#923839",
    dark: "#cf7d58",
    marker: "s",
    start: [0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-16},
    step([theta, m, s], g, t, { lr, beta1, beta2, eps }) {
      m = beta1 * m + (1 - beta1) * g;
      s = beta2 * s + (1 - beta2) * (g - m) ** 2 + eps;
      const m_hat = m / (1 - beta1 ** t);
      const s_hat = s / (1 - beta2 ** t);
      theta = theta - lr * m_hat / (sqrt(s_hat) + eps);
      return [theta, m, s];
    },
  },
  adabound: {
    label: "AdaBound",
    light: "#672c17",
    dark: "#c27c6e",
    marker: "X",
    start: [0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08, "final_lr": 0.1, "gamma": 0.001},
    step([theta, m, v], g, t, { lr, beta1, beta2, eps, final_lr, gamma }) {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * (g * g);
      const lower = final_lr * (1 - 1 / (gamma * t + 1));
      const upper = final_lr * (1 + 1 / (gamma * t));
      const eta = lr * sqrt(1 - beta2 ** t) / (1 - beta1 ** t) / (sqrt(v) + eps);
      theta = theta - minimum(maximum(eta, lower), upper) * m;
      return [theta, m, v];
    },
  },
  adadelta: {
    label: "AdaDelta",
    light: "#9a6324",
    dark: "#e1c06d",
    marker: "X",
    start: [0, 0],
    hyper: {"lr": 1.0, "rho": 0.95, "eps": 1e-06},
    step([theta, v, u], g, t, { lr, rho, eps }) {
      v = rho * v + (1 - rho) * (g * g);
      const d = sqrt(u + eps) / sqrt(v + eps) * g;
      theta = theta - lr * d;
      u = rho * u + (1 - rho) * (d * d);
      return [theta, v, u];
    },
  },
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
  adam_l2: {
    label: "Adam with L2",
    light: "#cf3d43",
    dark: "#d67041",
    marker: "o",
    start: [0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08, "weight_decay": 0.01},
    step([theta, m, v], g, t, { lr, beta1, beta2, eps, weight_decay }) {
      const g_l2 = g + weight_decay * theta;
      m = beta1 * m + (1 - beta1) * g_l2;
      v = beta2 * v + (1 - beta2) * (g_l2 * g_l2);
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
  adamw: {
    label: "AdamW",
    light: "#68020c",
    dark: "#fd4b04",
    marker: "P",
    start: [0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08, "weight_decay": 0.01},
    step([theta, m, v], g, t, { lr, beta1, beta2, eps, weight_decay }) {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * (g * g);
      const m_hat = m / (1 - beta1 ** t);
      const v_hat = v / (1 - beta2 ** t);
      theta = theta - lr * (m_hat / (sqrt(v_hat) + eps) + weight_decay * theta);
      return [theta, m, v];
    },
  },
  adan: {
    label: "Adan",
    light: "#7c3014",
    dark: "#fc9874",
    marker: "P",
    start: [0, 0, 0, 0],
    hyper: {"lr": 0.001, "beta1": 0.98, "beta2": 0.92, "beta3": 0.99, "eps": 1e-08, "weight_decay": 0.0},
    step([theta, m, v, n, g_old], g, t, { lr, beta1, beta2, beta3, eps, weight_decay }) {
      const d = where(t > 1, g - g_old, 0 * g);
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * d;
      n = beta3 * n + (1 - beta3) * (g + beta2 * d) ** 2;
      const m_hat = m / (1 - beta1 ** t);
      const v_hat = v / (1 - beta2 ** t);
      const n_hat = n / (1 - beta3 ** t);
      theta = (theta - lr * (m_hat + beta2 * v_hat) / (sqrt(n_hat) + eps)) / (1 + lr * weight_decay);
      g_old = g;
      return [theta, m, v, n, g_old];
    },
  },
  ademamix: {
    label: "AdEMAMix",
    light: "#dd2c22",
    dark: "#faaf8d",
    marker: "^",
    start: [0, 0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "beta3": 0.9999, "alpha": 5.0, "eps": 1e-08, "weight_decay": 0.0},
    step([theta, m, m_slow, v], g, t, { lr, beta1, beta2, beta3, alpha, eps, weight_decay }) {
      m = beta1 * m + (1 - beta1) * g;
      m_slow = beta3 * m_slow + (1 - beta3) * g;
      v = beta2 * v + (1 - beta2) * (g * g);
      const m_hat = m / (1 - beta1 ** t);
      const v_hat = v / (1 - beta2 ** t);
      theta = theta - lr * ((m_hat + alpha * m_slow) / (sqrt(v_hat) + eps) + weight_decay * theta);
      return [theta, m, m_slow, v];
    },
  },
  adopt: {
    label: "ADOPT",
    light: "#a8182b",
    dark: "#fe5f2b",
    marker: "^",
    start: [0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.9999, "eps": 1e-06},
    step([theta, m, v], g, t, { lr, beta1, beta2, eps }) {
      const clip = (t - 1) ** 0.25;
      const c = minimum(maximum(g / maximum(sqrt(v), eps), -clip), clip);
      m = beta1 * m + (1 - beta1) * c;
      theta = theta - lr * m;
      v = where(t > 1, beta2 * v + (1 - beta2) * (g * g), g * g);
      return [theta, m, v];
    },
  },
  amsgrad: {
    label: "AMSGrad",
    light: "#823b25",
    dark: "#d69070",
    marker: "o",
    start: [0, 0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08, "corrected": 0},
    step([theta, m, v, v_max], g, t, { lr, beta1, beta2, eps, corrected }) {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * (g * g);
      v_max = maximum(v_max, v);
      const m_hat = m / (1 - corrected * beta1 ** t);
      const v_hat = v_max / (1 - corrected * beta2 ** t);
      theta = theta - lr * m_hat / (sqrt(v_hat) + eps);
      return [theta, m, v, v_max];
    },
  },
  lion: {
    label: "Lion",
    light: "#7739e7",
    dark: "#b27fc0",
    marker: "v",
    start: [0],
    hyper: {"lr": 0.0001, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
    step([theta, m], g, t, { lr, beta1, beta2, weight_decay }) {
      const c = beta1 * m + (1 - beta1) * g;
      theta = theta - lr * (sign(c) + weight_decay * theta);
      m = beta2 * m + (1 - beta2) * g;
      return [theta, m];
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
  radam: {
    label: "RAdam",
    light: "#ad5a54",
    dark: "#f1b79c",
    marker: "s",
    start: [0, 0],
    hyper: {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-08, "threshold": 4},
    step([theta, m, v], g, t, { lr, beta1, beta2, eps, threshold }) {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * (g * g);
      const m_hat = m / (1 - beta1 ** t);
      const rho_inf = 2 / (1 - beta2) - 1;
      const rho = rho_inf - 2 * t * beta2 ** t / (1 - beta2 ** t);
      const r = sqrt(maximum(ratio((rho - 4) * (rho - 2) * rho_inf, (rho_inf - 4) * (rho_inf - 2) * rho, 0.0), 0.0));
      const d = where(rho > threshold, r * m_hat * sqrt(1 - beta2 ** t) / (sqrt(v) + eps), m_hat);
      theta = theta - lr * d;
      return [theta, m, v];
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
  rmsprop_centered: {
    label: "RMSProp, centered",
    light: "#7d4b2c",
    dark: "#d78303",
    marker: "v",
    start: [0, 0],
    hyper: {"lr": 0.01, "rho": 0.9, "eps": 1e-08},
    step([theta, m, v], g, t, { lr, rho, eps }) {
      m = rho * m + (1 - rho) * g;
      v = rho * v + (1 - rho) * (g * g);
      theta = theta - lr * g / (sqrt(maximum(v - m * m, 0)) + eps);
      return [theta, m, v];
    },
  },
  rprop: {
    label: "Rprop",
    light: "#694000",
    dark: "#bc9157",
    marker: "^",
    start: [0, 0, 0],
    hyper: {"lr": 0.1, "up": 1.2, "down": 0.5, "low": 1e-06, "high": 50.0, "retract": 1.0},
    step([theta, g_old, delta, d], g, t, { lr, up, down, low, high, retract }) {
      const s = sign(g) * sign(g_old);
      const before = where(t > 1, delta, lr + 0 * g);
      delta = where(s > 0, minimum(up * before, high), where(s < 0, maximum(down * before, low), before));
      d = where(s < 0, -retract * d, -sign(g) * delta);
      g_old = where(s < 0, 0.0, g);
      theta = theta + d;
      return [theta, g_old, delta, d];
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
  signsgd: {
    label: "signSGD",
    light: "#3d36a2",
    dark: "#c8aaff",
    marker: "X",
    start: [],
    hyper: {"lr": 0.001},
    step([theta], g, t, { lr }) {
      theta = theta - lr * sign(g);
      return [theta];
    },
  },
  yogi: {
    label: "Yogi",
    light: "#bf2e03",
    dark: "#ea8b60",
    marker: "D",
    start: [1e-06, 1e-06],
    hyper: {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 0.001},
    step([theta, m, v], g, t, { lr, beta1, beta2, eps }) {
      m = beta1 * m + (1 - beta1) * g;
      v = v - (1 - beta2) * sign(v - g * g) * (g * g);
      const m_hat = m / (1 - beta1 ** t);
      const v_hat = v / (1 - beta2 ** t);
      theta = theta - lr * m_hat / (sqrt(v_hat) + eps);
      return [theta, m, v];
    },
  },
};

export const SCHEDULES = {
  constant: {
    hyper: {},
    rate(t, { peak }) {
      const lr = peak;
      return lr;
    },
  },
  cosine: {
    hyper: {"floor": 0.0},
    rate(t, { peak, steps, floor }) {
      const done = minimum(t - 1, steps - 1) / maximum(steps - 1, 1);
      const lr = floor + (peak - floor) * (1 + cos(pi * done)) / 2;
      return lr;
    },
  },
  exponential: {
    hyper: {"every": 1},
    rate(t, { peak, factor, every }) {
      const lr = peak * factor ** ((t - 1) / every);
      return lr;
    },
  },
  inverse_sqrt: {
    hyper: {"warmup": 1},
    rate(t, { peak, warmup }) {
      const lr = peak * minimum(t / warmup, sqrt(warmup / t));
      return lr;
    },
  },
  linear_warmup: {
    hyper: {},
    rate(t, { peak, warmup }) {
      const lr = peak * minimum(t / warmup, 1);
      return lr;
    },
  },
  one_cycle: {
    hyper: {"start": 25.0, "final": 10000.0, "rise": 0.45, "fall": 0.9},
    rate(t, { peak, steps, start, final, rise, fall }) {
      const done = minimum(t - 1, steps - 1) / maximum(steps - 1, 1);
      const low = peak / start;
      const up = minimum(done / rise, (fall - done) / (fall - rise));
      const tail = (done - fall) / (1 - fall);
      const lr = low + (peak - low) * maximum(up, 0) - (low - low / final) * maximum(tail, 0);
      return lr;
    },
  },
  one_cycle_momentum: {
    hyper: {"high": 0.95, "low": 0.85, "rise": 0.45, "fall": 0.9},
    rate(t, { steps, high, low, rise, fall }) {
      const done = minimum(t - 1, steps - 1) / maximum(steps - 1, 1);
      const up = minimum(done / rise, (fall - done) / (fall - rise));
      const momentum = high - (high - low) * maximum(up, 0);
      return momentum;
    },
  },
  polynomial: {
    hyper: {"floor": 0.0, "power": 1.0},
    rate(t, { peak, steps, floor, power }) {
      const done = minimum(t - 1, steps - 1) / maximum(steps - 1, 1);
      const lr = floor + (peak - floor) * (1 - done) ** power;
      return lr;
    },
  },
  sgdr: {
    hyper: {"growth": 1, "floor": 0.0},
    rate(t, { peak, period, growth, floor }) {
      const before = Math.floor(ratio(log(1 + (growth - 1) * (t - 0.5) / period), log(growth), (t - 0.5) / period) / 1);
      const begin = period * ratio(growth ** before - 1, growth - 1, before);
      const done = (t - 1 - begin) / maximum(period * growth ** before - 1, 1);
      const lr = floor + (peak - floor) * (1 + cos(pi * done)) / 2;
      return lr;
    },
  },
  step: {
    hyper: {"factor": 0.1},
    rate(t, { peak, every, factor }) {
      const lr = peak * factor ** Math.floor((t - 1) / every);
      return lr;
    },
  },
  triangular: {
    hyper: {"floor": 0.0},
    rate(t, { peak, period, floor }) {
      const done = (t - 1) / period - Math.floor((t - 1) / period);
      const lr = floor + (peak - floor) * (1 - abs(2 * done - 1));
      return lr;
    },
  },
  warmup_cosine: {
    hyper: {"floor": 0.0},
    rate(t, { peak, steps, warmup, floor }) {
      const done = maximum(minimum(t, steps) - warmup, 0) / maximum(steps - warmup, 1);
      const lr = minimum(t / warmup, 1) * (floor + (peak - floor) * (1 + cos(pi * done)) / 2);
      return lr;
    },
  },
  wsd: {
    hyper: {"floor": 0.0},
    rate(t, { peak, steps, warmup, decay, floor }) {
      const done = maximum(minimum(t, steps) - (steps - decay), 0) / decay;
      const lr = minimum(t / warmup, 1) * (floor + (peak - floor) * (1 - done));
      return lr;
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
  plateau: {
    title: "Plateau",
    window: [-4.2, 4.2, -3.5, 3.5],
    start: [-3.1, 1.4],
    hyper: {},
    lowest: 0.0,
    minima: [[0.0, 0.0]],
    f(x, y) {
      return 1 - exp(-(x * x + y * y) / 2);
    },
    grad(x, y) {
      const s0 = exp(-1/2 * x ** 2 - 1/2 * y ** 2);
      return [s0 * x, s0 * y];
    },
  },
  monkey_saddle: {
    title: "Monkey saddle",
    window: [-1.7, 1.7, -1.4, 1.4],
    start: [1.3, 0.05],
    hyper: {},
    lowest: -0.083333333333,
    minima: [[-1.0, 0.0], [0.5, -0.866025403784], [0.5, 0.866025403784]],
    f(x, y) {
      return (x ** 3 - 3 * x * (y * y)) / 3 + (x * x + y * y) ** 2 / 4;
    },
    grad(x, y) {
      const s0 = x ** 2;
      const s1 = y ** 2;
      const s2 = s0 + s1;
      return [s0 - s1 + s2 * x, s2 * y - 2 * x * y];
    },
  },
};

export const INK = {"light": {"paper": "#ffffff", "ink": "#1b1f24", "muted": "#59616b", "rule": "#c3c9d0", "grid": "#e7eaed", "alarm": "#8f2d00"}, "dark": {"paper": "#14181e", "ink": "#e8eaed", "muted": "#a3acb6", "rule": "#454e59", "grid": "#272e37", "alarm": "#ffb38a"}};
export const RAMP = {"light": ["#fbfcfd", "#f5f8fa", "#eff3f7", "#e7edf4", "#e0e8f0", "#d7e1ec", "#cddbe8", "#c4d3e3"], "dark": ["#161b21", "#191f27", "#1d252e", "#212a35", "#252f3c", "#293544", "#2e3b4b", "#324153"]};
