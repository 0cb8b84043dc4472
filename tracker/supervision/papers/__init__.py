"""Orders and instructions (催办、督办、批示): written, answered, listed, printed."""
