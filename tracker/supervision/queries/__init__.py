"""What people see of supervision."""
