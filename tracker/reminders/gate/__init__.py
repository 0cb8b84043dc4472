"""Whether the clock on the wall can be believed before anything is raised, told or numbered (时钟可信吗)."""
