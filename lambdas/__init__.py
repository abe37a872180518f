"""The entry points of the functions, one in each folder: parse the event, call the application."""
