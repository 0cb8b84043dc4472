"""LAW: which provisions the program rests on, in which edition, and how they are printed on the day of an act."""
