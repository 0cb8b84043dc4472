"""What people and the timer do in supervision."""
