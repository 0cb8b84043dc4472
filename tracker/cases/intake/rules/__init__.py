"""What typed or imported words mean. Pure."""
