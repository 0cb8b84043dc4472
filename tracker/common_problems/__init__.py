"""共性问题: several matters of one kind and place that a person brought together, with an owner and a measure."""
