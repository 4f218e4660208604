"""The commands, one module each: settled options in, one run, an answer out. Each returns its exit code."""
