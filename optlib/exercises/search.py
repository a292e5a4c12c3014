"""Two searches on a line, with which references are computed."""


def threshold(holds, low, high, steps=200):
    """The largest x for which `holds(x)`: true below it, false above."""
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def lowest(f, low, high, steps=200):
    """The x where f, falling before it and rising after it, is lowest."""
    for _ in range(steps):
        a, b = (2 * low + high) / 3, (low + 2 * high) / 3
        low, high = (low, b) if f(a) <= f(b) else (a, high)
    return (low + high) / 2
