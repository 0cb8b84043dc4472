"""What clocks are about (事项): the timer knows no case, it asks the subjects that are handed to it."""
