"""共性问题: proposed, founded, worked on, assessed; who may; nothing of closed matters."""
