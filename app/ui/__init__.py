"""The window: everything Qt, a folder for each task. A view shows, its view model turns the services' events into Qt signals."""
