"""What people do about common problems."""
