"""What the server keeps: rooms (memory or SQL) and the fan-out between connections (memory). Implementations of `app.server.ports`."""
