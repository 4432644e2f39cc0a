"""The one table that a run prints."""

import json


class Table:
    def __init__(self):
        self.rows = []

    def add(self, figure, measured, budget="", within=None):
        """`within` says whether the budget holds; None where nobody can say."""
        verdict = {None: "too noisy" if budget else "", True: "ok", False: "MISSED"}[within]
        self.rows.append((figure, measured, budget, verdict))

    def section(self, title):
        self.rows.append((title,))

    def text(self):
        rows = [("figure", "measured", "budget", "verdict")] + self.rows
        widths = [
            max(len(row[column]) for row in rows if len(row) > 1) for column in range(4)
        ]
        lines = []
        for row in rows:
            if len(row) == 1:
                lines.append(f"\n{row[0]}")
            else:
                cells = (cell.ljust(width) for cell, width in zip(row, widths))
                lines.append(" | ".join(cells).rstrip(" |"))
        return "\n".join(lines)

    def json_lines(self):
        """For another run's table."""
        return "".join(json.dumps(row) + "\n" for row in self.rows)
