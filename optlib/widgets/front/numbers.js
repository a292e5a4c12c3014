// Numbers as people read them.

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

export function power(exponent) {
  return "10" + [...String(exponent)].map((digit) => RAISED[digit]).join("");
}

// to `digits` significant digits, with a true minus sign; far from one as a power of ten
export function number(value, digits = 3) {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 0.001 && size < 1e4) return String(Number(value.toPrecision(digits))).replace("-", "−");
  const [factor, exponent] = value.toExponential(digits - 1).split("e");
  const plain = String(Number(factor)).replace("-", "−");
  return (plain === "1" ? "" : `${plain} · `) + power(Number(exponent));
}

// a gap to the lowest value; below a billionth it is rounding
export function gap(value) {
  return value < 1e-9 ? `< ${power(-9)}` : number(value, 2);
}

export function rounded(value, digits = 3) {
  return Number(value.toPrecision(digits));
}

export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
