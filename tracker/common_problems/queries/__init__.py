"""What people see of common problems."""
