"""The pages of supervision (督办): desk, papers, messages, ladder, timer."""
