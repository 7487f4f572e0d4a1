"""Settings from the environment and the .env file, and credentials from files."""
