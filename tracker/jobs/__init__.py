"""The clock as a user: the timer runs the same domain calls as people do, and commits them."""
