"""The Lambdas' entry points, a folder each: parse the event, call the application, answer."""
