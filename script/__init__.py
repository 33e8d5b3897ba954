"""What sets up, starts, stops and checks an installation."""
