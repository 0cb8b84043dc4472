"""The forms of the lifecycle's acts: each class has the fields of one act, and takes it."""
