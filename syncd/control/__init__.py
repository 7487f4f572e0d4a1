"""The control socket: what people may ask a running daemon. Client, server, and the verbs it answers."""
