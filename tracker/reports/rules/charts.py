"""How tall a chart is: round steps of its scale. Pure."""

STEPS = (1, 2, 5)
LINES = 5


def scale(most: int) -> list[int]:
    """Return the values at the lines of a chart, the last as large as the largest value or larger; at least one line.

    Round steps of whole matters: 1, 2, 5, 10, 20, 50 and so on.
    """
    size = 1
    while True:
        for step in STEPS:
            if step * size * LINES >= most:
                upto = max(1, -(-most // (step * size)))
                return [step * size * line for line in range(1, upto + 1)]
        size *= 10
