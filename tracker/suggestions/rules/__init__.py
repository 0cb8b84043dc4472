"""The rules of deputies' suggestions: values in, values out."""
