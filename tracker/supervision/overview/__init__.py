"""What leaders look over: the desk, what is late, who knew, whose days it took."""
