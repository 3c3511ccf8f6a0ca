"""The bundled server: page files, rooms, signalling. Imports `app.wire`, `app.domain`, `app.texts`, `app.paths`; no Qt, media, services."""
