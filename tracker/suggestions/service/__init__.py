"""What people do about deputies' suggestions."""
