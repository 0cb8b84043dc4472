"""The pages of one case (本件), and of every step that can be taken on it."""
