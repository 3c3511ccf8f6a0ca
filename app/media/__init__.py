"""Picture and sound: devices, capture, playback, the engine. No Qt, no HTTP, no SQL; imports `app.wire` and `app.domain` only."""
