"""What people see of deputies' suggestions."""
