"""The program: settings, command line, daemon, state and sandbox around the connectors and the pure core."""
