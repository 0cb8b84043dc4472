"""The lifecycle (办理流程): the table of steps, how one is taken, what guards it, which clocks it moves."""
