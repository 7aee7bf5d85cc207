"""Tables as text and as Markdown."""


def text(head, rows):
    """The first column is left-aligned, the others are right-aligned."""
    lines = [[str(cell) for cell in line] for line in [head] + rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
                     for line in lines)


def markdown(head, rows):
    lines = [list(head), ["---"] + ["---:"] * (len(head) - 1)] + [list(row) for row in rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def number(value, digits=2):
    """With commas at thousands; nothing measured is a dash."""
    return "-" if value is None else "{:,.{}f}".format(value, digits)
