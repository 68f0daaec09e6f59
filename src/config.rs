//! Environment to typed settings; the only place that reads the environment.
