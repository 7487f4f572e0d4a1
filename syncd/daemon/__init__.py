"""The long-running service: when a pass runs, what it runs with, what is watched, and what people and systemd are told."""
