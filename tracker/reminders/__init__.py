"""What every reminder stands on, whatever it is about: a clock that can be believed, and the runs of the timer."""
