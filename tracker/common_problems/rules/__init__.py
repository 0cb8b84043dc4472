"""The rules of common problems: values in, values out."""
